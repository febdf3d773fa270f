import { openBrowser } from './browser.mjs';
const b = await openBrowser({});
for (let i=0;i<4;i++){
const t0=Date.now();
const page = await b.open('http://127.0.0.1:8300', process.argv[2]);
const log=[];
page.on('requestfailed', r=>log.push([Date.now()-t0,'FAILED',r.url().slice(21,120),r.failure()?.errorText]));
page.on('requestfinished', async r=>{ if(/proxy/.test(r.url())) log.push([Date.now()-t0, r.method(), r.url().slice(21,110)])});
await page.locator('[data-testid="panel"]').first().waitFor();
const t1=Date.now();
await page.waitForFunction(() => !document.querySelector('[data-testid="panel"] .MuiSkeleton-root'), null, {timeout: 25000}).then(()=>console.log('drawn after',Date.now()-t0, 'panels at', t1-t0)).catch(()=>{console.log('STUCK'); console.log(log.map(x=>x.join(' ')).join('\n')); console.log('asked', page.asked.filter(r=>/proxy/.test(r.url())).length)});
await page.close();
}
await b.close();
