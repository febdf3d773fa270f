import { openBrowser } from './browser.mjs';
const b = await openBrowser({});
const page = await b.open('http://127.0.0.1:8300', process.argv[2]);
const t0=Date.now(); let last='';
page.on('response', async r=>{ if(/api\/v1\/projects\/.*dashboards/.test(r.url())) console.log(Date.now()-t0, r.status(), r.url().slice(21), r.headers().etag)});
while(Date.now()-t0<35000){ const s=await page.evaluate(()=>document.querySelectorAll('[data-testid="panel"]').length+' panels '+document.querySelectorAll('[data-testid="panel"] .MuiSkeleton-root').length+' skeletons '+document.querySelectorAll('[data-testid="variable"] .MuiLinearProgress-root, .MuiLinearProgress-root').length+' bars'); if(s!==last){console.log(Date.now()-t0,s); last=s;} await page.waitForTimeout(60);}
await b.close();
