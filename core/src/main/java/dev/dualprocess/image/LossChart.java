package dev.dualprocess.image;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The curve of a run's losses, with its running mean. */
public final class LossChart {
  private static final int WINDOW = 10;

  private LossChart() {}

  /** Draws the losses of steps 1, 2, ...; at least one. */
  public static BufferedImage draw(List<Double> losses) {
    double[] steps = IntStream.rangeClosed(1, losses.size()).asDoubleStream().toArray();
    double[] values = losses.stream().mapToDouble(Double::doubleValue).toArray();
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(450)
            .title("Loss: -log p(answer)")
            .xAxisTitle("step")
            .yAxisTitle("loss")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisDecimalPattern("0");
    chart
        .addSeries("loss", steps, values)
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(new Color(0x9ecae1));
    chart
        .addSeries("mean of " + WINDOW, steps, runningMean(values))
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(new Color(0x08519c));
    return BitmapEncoder.getBufferedImage(chart);
  }

  private static double[] runningMean(double[] values) {
    return IntStream.range(0, values.length)
        .mapToDouble(
            i ->
                IntStream.rangeClosed(Math.max(0, i - WINDOW + 1), i)
                    .mapToDouble(j -> values[j])
                    .average()
                    .orElseThrow())
        .toArray();
  }
}
