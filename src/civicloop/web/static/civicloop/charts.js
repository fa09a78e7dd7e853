// Draws each <figure data-chart="id"> from the JSON in <script type="application/json" id="id">:
// {"days": ["14 Nov", …], "series": [{"name": "…", "values": [1, …]}], "marks": [3], "summary": "…"};
// "stepsName" stands under the steps where they are no days, "unit" behind the values;
// of measures, which are no counts: "isExact", and a series may be a target ("isTarget").
// The figure carries its table and its sentence itself; without this script nothing is lost.
(() => {
  "use strict";
  const INK = "#4d5a68";
  const LINE = "#d5dce3";
  const NARROW = 340; // pixels
  const PALETTE = ["#0b5394", "#c2490f", "#2f7d59", "#7b4b9a", "#8a6a00", "#6b7785"];

  const seriesOf = (series, isOnly) => ({
    name: series.name,
    type: isOnly || series.isBars ? "bar" : "line",
    data: series.values,
    barMaxWidth: 22,
    showSymbol: Boolean(series.isExact),
    symbolSize: 5,
    lineStyle: { width: series.isTarget ? 1 : 2, type: series.isTarget ? "dotted" : series.isEarlier ? "dashed" : "solid" },
    step: series.isTarget ? "middle" : false, // a target may change within a year
    emphasis: { disabled: true },
  });

  const markedOn = (marks, targetMarks) => ({
    silent: true,
    symbol: ["none", "pin"],
    symbolSize: 16,
    label: { show: false },
    lineStyle: { color: "#a83a0c", type: "solid", width: 1.5 },
    data: [...marks.map((index) => ({ xAxis: index })), ...targetMarks.map(retargetedOn)],
  });

  // another target from here on: the version of the tree of goals stands at the line
  const retargetedOn = ({ at, words }) => ({
    xAxis: at,
    symbol: "none",
    label: { show: true, formatter: words, position: "insideEndTop", color: INK, fontSize: 11 },
    lineStyle: { color: INK, type: "dotted", width: 1.5 },
  });

  const drawnSeries = (data) => {
    const isExact = Boolean(data.isExact); // a measure, not a count of appeals: a line, each point told
    const drawn = data.series.map((series) =>
      seriesOf({ ...series, isExact: isExact && !series.isTarget }, data.series.length === 1 && !isExact),
    );
    const [marks, targetMarks] = [data.marks ?? [], data.targetMarks ?? []];
    if (marks.length || targetMarks.length) drawn[0].markLine = markedOn(marks, targetMarks);
    return drawn;
  };

  // on a phone the names stand one under the other: side by side they would break into the drawing
  const headOf = (data, isNarrow) => (data.series.length < 2 ? 16 : isNarrow ? 10 + 24 * data.series.length : 32);

  const optionsOf = (data, isNarrow) => ({
    animation: false,
    color: PALETTE,
    aria: { enabled: true, label: { description: data.summary } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
    grid: { left: 8, right: 12, top: headOf(data, isNarrow), bottom: data.stepsName ? 30 : 8, containLabel: true },
    legend: { show: data.series.length > 1, top: 0, left: 0, orient: isNarrow ? "vertical" : "horizontal", textStyle: { color: INK } },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true }, // html would need inline styles
    xAxis: {
      type: "category",
      data: data.days,
      name: data.stepsName,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: INK },
      axisLabel: { color: INK, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" },
      axisLine: { lineStyle: { color: INK } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      minInterval: data.isExact ? 0 : 1,
      scale: Boolean(data.isExact),
      axisLabel: { color: INK, formatter: data.unit ? `{value} ${data.unit}` : "{value}" },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: drawnSeries(data),
  });

  const draw = (figure) => {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const box = document.createElement("div");
    box.dataset.chartBox = "";
    figure.prepend(box);
    const chart = echarts.init(box, null, { renderer: "canvas" });
    const lay = () => chart.setOption(optionsOf(data, box.clientWidth < NARROW));
    lay();
    new ResizeObserver(() => {
      chart.resize();
      lay();
    }).observe(box);
  };

  document.querySelectorAll("figure[data-chart]").forEach(draw);
})();
