package dev.dualprocess.world.training;

import dev.dualprocess.run.RunListener;
import java.io.PrintWriter;
import java.util.Locale;

/** What a stage says, line by line. */
record Lines(PrintWriter out) implements RunListener {
  @Override
  public void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
