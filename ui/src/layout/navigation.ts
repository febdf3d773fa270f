/** The places that are a click away from everywhere. */
export const places = [
  { to: '/', text: 'Home', end: true },
  { to: '/projects', text: 'Projects', end: false },
  { to: '/explore', text: 'Explore', end: false },
  { to: '/delivery', text: 'Delivery', end: false },
  { to: '/admin', text: 'Global', end: false },
  { to: '/config', text: 'Config', end: false },
];
