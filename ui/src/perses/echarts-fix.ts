import { setPlatformAPI } from 'echarts/core';

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
