// contact sheet: node .sheet.mjs out.png cols w h files...
import { chromium } from 'playwright-core'; import { readFile } from 'node:fs/promises';
const [,,out,cols,w,h,...files]=process.argv;
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--headless','--no-sandbox','--disable-gpu']});
const p=await b.newPage({viewport:{width:cols*w,height:Math.ceil(files.length/cols)*h}});
let html='<body style="margin:0;display:flex;flex-wrap:wrap;background:#888">';
for(const f of files) html+=`<img style="width:${w-4}px;height:${h-4}px;object-fit:contain;margin:2px" src="data:image/png;base64,${(await readFile(f)).toString('base64')}">`;
await p.setContent(html); await p.screenshot({path:out}); await b.close();
