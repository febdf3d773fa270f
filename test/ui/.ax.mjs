import { openBrowser, quiet } from './browser.mjs';
const roles = new Set(['button','link','textbox','combobox','checkbox','radio','switch','tab','menuitem','option','searchbox','spinbutton','slider','dialog','listbox','menu']);
const b = await openBrowser({});
for (const path of process.argv.slice(2)) {
  const page = await b.open('http://127.0.0.1:8300', path);
  await quiet(page, {most: 6000});
  await page.waitForTimeout(500);
  const cdp = await b.context.newCDPSession(page);
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  const bad = nodes.filter(n => !n.ignored && roles.has(n.role?.value) && !n.name?.value);
  const count = nodes.filter(n => !n.ignored && roles.has(n.role?.value)).length;
  console.log(path, count, bad.length ? 'UNNAMED:' : 'ok');
  for (const n of bad) { let html=''; try { const {object} = await cdp.send('DOM.resolveNode',{backendNodeId:n.backendDOMNodeId}); const r=await cdp.send('Runtime.callFunctionOn',{objectId:object.objectId,functionDeclaration:'function(){return this.outerHTML.slice(0,260)+" <<< "+(this.parentElement?.parentElement?.textContent||"").slice(0,80)}',returnByValue:true}); html=r.result.value;} catch(e){html=String(e)} console.log('   ', n.role.value, html); }
  if (page.complaints.length) console.log('   complaints', [...new Set(page.complaints)]);
  await page.close();
}
await b.close();
