package dev.dualprocess.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.testing.Soak;
import dev.dualprocess.testing.SoakRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is done again and again keeps no memory, in a JVM whose own size is fixed. */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class MemorySoakTest {
  private static final List<String> JVM_OF_FIXED_SIZE =
      List.of(
          "-Xms192m",
          "-Xmx192m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
          "-Dai.djl.offline=true");

  @TempDir private Path folder;

  private void assertFlat(RepeatedWork work, int whole) throws IOException, InterruptedException {
    int times = Math.max(RepeatedWork.LEAST, Soak.times(whole));
    Path log = folder.resolve("log.txt");
    List<String> args = List.of(work.name(), Integer.toString(times));
    int exitCode = Child.start(RepeatedWork.class, JVM_OF_FIXED_SIZE, args, log).waitFor();
    String told = Files.readString(log);
    boolean flat = exitCode == 0;
    boolean grew = exitCode == RepeatedWork.GREW;
    long right = flat || grew ? times : 0;
    Soak.tell(new SoakRow("memory: " + work, times, 0, right, times - right, 0, grew ? 1 : 0));
    System.out.println(told.lines().reduce("", (last, line) -> line));
    assertEquals(0, exitCode, told);
  }

  @Test
  void steps() throws IOException, InterruptedException {
    assertFlat(RepeatedWork.STEPS, 10_000);
  }

  @Test
  void openAndClose() throws IOException, InterruptedException {
    assertFlat(RepeatedWork.OPEN_AND_CLOSE, 10_000);
  }
}
