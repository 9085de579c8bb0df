package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of memory, from files as the kernel writes them. */
class ControlGroupTest {
  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  private OptionalLong room(String... lines) {
    return ControlGroup.room(root, List.of(lines));
  }

  @Test
  void versionTwoCountsCachedFilesAsFree() throws IOException {
    write("a/memory.max", "1000");
    write("a/memory.current", "700");
    write("a/memory.stat", "anon 400\nfile 300\ninactive_file 250\nactive_file 50");
    assertEquals(OptionalLong.of(550), room("0::/a"));
  }

  @Test
  void theTightestLimitAboveCounts() throws IOException {
    write("a/memory.max", "500");
    write("a/memory.current", "400");
    write("a/memory.stat", "inactive_file 0");
    write("a/b/memory.max", "max");
    write("a/b/memory.current", "400");
    assertEquals(OptionalLong.of(100), room("0::/a/b"));
  }

  @Test
  void versionOneHasOtherNames() throws IOException {
    write("memory/a/memory.limit_in_bytes", "1000");
    write("memory/a/memory.usage_in_bytes", "900");
    write("memory/a/memory.stat", "inactive_file 7\ntotal_inactive_file 50");
    assertEquals(OptionalLong.of(150), room("9:cpu:/a", "4:memory:/a", "0::/"));
  }

  @Test
  void moreUsedThanTheLimitLeavesNothing() throws IOException {
    write("memory.max", "1000");
    write("memory.current", "1100");
    write("memory.stat", "inactive_file 0");
    assertEquals(OptionalLong.of(0), room("0::/"));
  }

  @Test
  void noLimitIsNone() throws IOException {
    write("a/memory.max", "max");
    assertEquals(OptionalLong.empty(), room("0::/a"));
    assertEquals(OptionalLong.empty(), room());
    write("b/memory.max", "nonsense");
    assertEquals(OptionalLong.empty(), room("0::/b"));
  }
}
