package dev.dualprocess.image;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The curve of a run's losses, with its running mean; without its words where there are no fonts.
 */
public final class LossChart {
  private static final int WINDOW = 10;
  private static final int WIDTH = 800;
  private static final int HEIGHT = 450;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 60;
  private static final int BOTTOM = 50;
  private static final Color GRID = new Color(0xdddddd);
  private static final Color LOSS = new Color(0x9ecae1);
  private static final Color MEAN = new Color(0x08519c);

  private final Graphics2D pen;
  private final Axis steps;
  private final Axis values;

  private LossChart(Graphics2D pen, Axis steps, Axis values) {
    this.pen = pen;
    this.steps = steps;
    this.values = values;
  }

  /** Draws the losses of steps 1, 2, ...; at least one. */
  public static BufferedImage draw(List<Double> losses) {
    double[] curve = losses.stream().mapToDouble(Double::doubleValue).toArray();
    double least = DoubleStream.of(curve).min().orElseThrow();
    double most = DoubleStream.of(curve).max().orElseThrow();
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    LossChart chart =
        new LossChart(
            pen,
            Axis.of(1, losses.size(), LEFT, WIDTH - RIGHT),
            Axis.of(least, most, HEIGHT - BOTTOM, TOP));
    chart.paper();
    chart.curve(curve, LOSS);
    chart.curve(runningMean(curve), MEAN);
    chart.words();
    pen.dispose();
    return picture;
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

  private void paper() {
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    for (double step : steps.marks()) {
      int x = (int) steps.at(step);
      pen.setColor(GRID);
      pen.drawLine(x, TOP, x, HEIGHT - BOTTOM);
      write(steps.label(step), x, HEIGHT - BOTTOM + 18, 0.5);
    }
    for (double value : values.marks()) {
      int y = (int) values.at(value);
      pen.setColor(GRID);
      pen.drawLine(LEFT, y, WIDTH - RIGHT, y);
      write(values.label(value), LEFT - 6, y + 5, 1);
    }
    pen.setColor(Color.GRAY);
    pen.drawRect(LEFT, TOP, WIDTH - RIGHT - LEFT, HEIGHT - BOTTOM - TOP);
  }

  private void curve(double[] points, Color color) {
    Path2D path = new Path2D.Double();
    path.moveTo(steps.at(1), values.at(points[0]));
    for (int i = 1; i < points.length; i++) {
      path.lineTo(steps.at(i + 1), values.at(points[i]));
    }
    pen.setColor(color);
    pen.setStroke(new BasicStroke(2));
    pen.draw(path);
  }

  private void words() {
    int middle = WIDTH / 2;
    write("Loss: -log p(answer)", middle, 22, 0.5);
    write("step", middle, HEIGHT - 12, 0.5);
    legend("loss", LOSS, middle - 110);
    legend("mean of " + WINDOW, MEAN, middle + 10);
  }

  private void legend(String name, Color color, int x) {
    pen.setColor(color);
    pen.drawLine(x, 42, x + 24, 42);
    write(name, x + 32, 46, 0);
  }

  /** A text beside or around x: 0 begins there, 0.5 is centred, 1 ends there. */
  private void write(String text, int x, int baseline, double part) {
    if (Lettering.available()) {
      pen.setColor(Color.BLACK);
      pen.drawString(
          text, (float) (x - part * pen.getFontMetrics().stringWidth(text)), (float) baseline);
    }
  }

  /**
   * Numbers along a side of the chart.
   *
   * @param first where marks begin, a whole number of times {@code apart}
   * @param apart distance of marks: 1, 2 or 5 times a power of ten
   */
  private record Axis(double from, double to, int begin, int end, double first, double apart) {
    static Axis of(double from, double to, int begin, int end) {
      double room = to > from ? to - from : 1;
      double power = Math.pow(10, Math.floor(Math.log10(room / 5)));
      double times = room / 5 / power;
      double apart = power * (times <= 2 ? 2 : times <= 5 ? 5 : 10);
      return new Axis(from, from + room, begin, end, Math.ceil(from / apart) * apart, apart);
    }

    double at(double value) {
      return begin + (value - from) / (to - from) * (end - begin);
    }

    double[] marks() {
      return DoubleStream.iterate(first, mark -> mark <= to, mark -> mark + apart).toArray();
    }

    /** A mark with as many decimals as its neighbours need. */
    String label(double mark) {
      int decimals = (int) Math.max(0, -Math.floor(Math.log10(apart)));
      return String.format(Locale.ROOT, "%." + decimals + "f", mark);
    }
  }
}
