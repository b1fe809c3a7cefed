export default { name: 'audit-body' }
