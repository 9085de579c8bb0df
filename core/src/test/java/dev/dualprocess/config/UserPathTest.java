package dev.dualprocess.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The home folder as people write it. */
class UserPathTest {
  private static final Path HOME = Path.of(System.getProperty("user.home"));

  @Test
  void aTildeIsTheHomeFolder() {
    assertEquals(HOME, UserPath.of("~"));
    assertEquals(HOME.resolve("runs/a b"), UserPath.of("~/runs/a b"));
  }

  @Test
  void anyOtherPathIsTakenAsItIs() {
    for (String path : new String[] {"a", "/a/~/b", "./~", "~other/a", "a~"}) {
      assertEquals(Path.of(path), UserPath.of(path));
    }
  }
}
