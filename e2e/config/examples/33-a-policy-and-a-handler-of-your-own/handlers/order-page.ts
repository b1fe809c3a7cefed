export default { name: 'order-page' }
