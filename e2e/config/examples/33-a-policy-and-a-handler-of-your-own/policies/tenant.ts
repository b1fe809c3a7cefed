export default { name: 'tenant' }
