package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.ProcessRun;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code dualprocess studio} as a process of its own, to be killed. */
final class StudioProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://[^\"\\s]+");

  private final Process process;
  private final String address;

  private StudioProcess(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** Starts one; port 0 for any that is free. */
  static StudioProcess start(Path runs, int port, String... more)
      throws IOException, InterruptedException {
    return start(runs, port, Map.of(), more);
  }

  /** With more variables in its environment. */
  static StudioProcess start(Path runs, int port, Map<String, String> environment, String... more)
      throws IOException, InterruptedException {
    Path log = runs.resolveSibling("studio-" + System.nanoTime() + ".log");
    List<String> args =
        new ArrayList<>(
            List.of("studio", "--runs", runs.toString(), "--port", Integer.toString(port)));
    args.addAll(List.of(more));
    Process process = ProcessRun.start(args, log, environment, List.of("-XX:TieredStopAtLevel=4"));
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    Matcher address = ADDRESS.matcher(ProcessRun.read(log));
    while (!address.find()) {
      assertTrue(process.isAlive() && System.nanoTime() < deadline, () -> ProcessRun.read(log));
      Thread.sleep(50);
      address = ADDRESS.matcher(ProcessRun.read(log));
    }
    return new StudioProcess(process, address.group());
  }

  String address() {
    return address;
  }

  int port() {
    return URI.create(address).getPort();
  }

  /** As the system's last resort does: nothing is saved, nobody is told. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
