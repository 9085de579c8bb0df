package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server without any font costs the text in pictures, never a run. */
@EnabledOnOs(OS.LINUX)
class NoFontsTest {
  @TempDir private Path temporary;

  @Test
  void runsWithoutFonts() throws IOException, InterruptedException {
    Path fonts =
        Files.writeString(
            temporary.resolve("fonts.conf"),
            "<?xml version='1.0'?><fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>"
                .formatted(temporary.resolve("none"), temporary.resolve("cache")));
    Path out = temporary.resolve("out");
    List<String> args = DistillCommandTest.args(out, "--steps", "1", "--evaluation-seeds", "1");
    Path log = temporary.resolve("log");
    // The JDK keeps what it once found out about fonts in the home folder; natives stay where they
    // are.
    Path natives = Path.of(System.getProperty("user.home"), ".javacpp", "cache");
    Process process =
        ProcessRun.start(
            args,
            log,
            Map.of("FONTCONFIG_FILE", fonts.toString()),
            List.of("-Duser.home=" + temporary, "-Dorg.bytedeco.javacpp.cachedir=" + natives));
    assertEquals(0, process.waitFor(), () -> ProcessRun.read(log));
    assertTrue(ProcessRun.read(log).contains("install fontconfig"), ProcessRun.read(log));
    assertTrue(Files.exists(out.resolve("before-after.png")));
    assertFalse(Files.exists(out.resolve("losses.png")));
  }
}
