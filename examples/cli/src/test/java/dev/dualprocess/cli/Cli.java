package dev.dualprocess.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Runs the command line inside the test. */
final class Cli {
  private Cli() {}

  /** What a person would have seen. */
  record Outcome(int exitCode, String out, String err) {}

  static Outcome run(List<String> args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        DualProcess.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args.toArray(new String[0]));
    return new Outcome(code, out.toString(), err.toString());
  }

  static Outcome run(String... args) {
    return run(List.of(args));
  }
}
