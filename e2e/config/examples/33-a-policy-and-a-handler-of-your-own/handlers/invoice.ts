export default { name: 'invoice' }
