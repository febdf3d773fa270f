import { setPlatformAPI } from 'echarts/core';
import Painter from 'zrender/lib/canvas/Painter.js';

// ECharts takes the width of 国 for the height of a line. Where no font has that character, what stands in for it may be a third as
// wide, and the labels of axes are cut off. A CJK character is as wide as the font is high, so say that.
const context = document.createElement('canvas').getContext('2d')!;

setPlatformAPI({
  measureText: (text: string, font = '12px sans-serif') => {
    const size = text === '国' && /(\d+(?:\.\d+)?)px/.exec(font);
    if (size) return { width: Number(size[1]) };
    context.font = font;
    return context.measureText(text);
  },
});

// A chart that is taken away while it is drawn step by step fails at the next step: steps of a drawing that is not the latest are left out, so
// let none be the latest any more.
const painter = Painter.prototype as unknown as { _redrawId: number; dispose: () => void };
const { dispose } = painter;

painter.dispose = function (this: typeof painter): void {
  this._redrawId = NaN;
  dispose.call(this);
};
