package dev.dualprocess.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.config.JsonOutput;
import dev.dualprocess.config.Secrets;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.tensor.PeakMemory;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** What a person sees while a command runs, or a machine: JSON, one object a line. */
public final class Console implements RunListener {
  private final PrintWriter out;
  private final boolean json;
  private final ObjectMapper mapper = JsonOutput.mapper();

  /**
   * Writes to {@code out}, which stays the caller's.
   *
   * @param json whether to print machine-readable lines instead of text and progress bars
   */
  public Console(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Whether machines read it. */
  boolean forMachines() {
    return json;
  }

  /** A line for people; nothing is printed for machines. */
  @Override
  public void say(String format, Object... values) {
    if (!json) {
      out.println(Secrets.masked(String.format(Locale.ROOT, format, values)));
      out.flush();
    }
  }

  /** An event for machines; nothing is printed for people. */
  @Override
  public void event(String name, Map<String, ?> fields) {
    if (!json) {
      return;
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", name);
    line.putAll(fields);
    try {
      out.println(Secrets.masked(mapper.writeValueAsString(line)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    out.flush();
  }

  /** Starts showing how far some work has come. */
  @Override
  public Progress progress(String task, int total, int done) {
    return new Bar(task, total, done, () -> {});
  }

  /** Starts showing how far some work has come, which Ctrl-C ends early. */
  @Override
  public Progress progress(String task, int total, int done, Runnable stop) {
    return new Bar(task, total, done, new Interrupt(stop)::close);
  }

  /** How far some work has come: a bar with the time left. */
  private final class Bar implements Progress {
    private final Runnable atEnd;
    private final @Nullable ProgressBar bar; // or null

    private Bar(String task, int total, int done, Runnable atEnd) {
      this.atEnd = atEnd;
      bar =
          json
              ? null
              : new ProgressBarBuilder()
                  .setTaskName(task)
                  .setInitialMax(total)
                  .startsFrom(done, java.time.Duration.ZERO)
                  .setStyle(ProgressBarStyle.ASCII)
                  .setUpdateIntervalMillis(250)
                  .build();
    }

    @Override
    public void step(StepReport report) {
      if (bar != null) {
        bar.setExtraMessage(
            String.format(Locale.ROOT, "loss %.3f  p %.2f", report.loss(), report.probability()));
        bar.step();
      }
      event(
          "step",
          Map.of(
              "step", report.step(),
              "seed", report.seed(),
              "t", report.sigma(), // as in losses.csv
              "loss", report.loss(),
              "probabilities", report.probabilities(),
              "gradientNorm", report.gradientNorm(),
              "seconds", report.seconds(),
              "memoryBytes", PeakMemory.everywhere().bytesNow()));
    }

    @Override
    public void piece() {
      if (bar != null) {
        bar.step();
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
      atEnd.run();
    }
  }
}
