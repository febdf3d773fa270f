import { documents } from './boards.mjs'; import { openBrowser, quiet } from './browser.mjs'; import { openWorld } from './world.mjs';
const w = await openWorld({documents, environment:{PERSES_FRONTEND_EXPLORER_ENABLE:'true'}}); console.log(w.base);
const b = await openBrowser({height: 1400});
try {
for (const p of process.argv.slice(2)) {
  const page = await b.open(w.base, p); await quiet(page); await page.waitForTimeout(1500);
  await page.screenshot({path: '/tmp/ui'+p.replace(/\W+/g,'_')+'.png'});
  console.log(p, page.asked.length, [...new Set(page.complaints)].join('\n'));
  console.log(await page.evaluate(() => [...document.querySelectorAll('button,[role=button],[role=combobox],input')].map(e => `${e.tagName} ${e.getAttribute('role')??''} aria=${e.getAttribute('aria-label')??''} text=${(e.innerText||e.value||'').slice(0,40)}`).join('\n')));
}} finally { await b.close(); await w.close(); }
