package dev.dualprocess.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Damaged text of a config file. */
class BrokenTextTest {
  private static final String JSON =
      "{\"name\": \"caf\u00e9 \\n\", \"layers\": [1, -2.5e3, true, null],\n\"parts\": {\"a\": {}}}";

  private static String told(byte[] content) throws IOException {
    Path path = Files.createTempFile("broken", ".json");
    try {
      Files.write(path, content);
      ConfigFile.read(path);
      return "";
    } catch (IOException e) {
      assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
      return e.getMessage().substring(path.toString().length() + 2);
    } finally {
      Files.delete(path);
    }
  }

  @Property(tries = 2000)
  void isToldInOneLineWithItsPlace(
      @ForAll @IntRange(max = 79) int at, @ForAll @Size(min = 1, max = 6) byte[] damage)
      throws IOException {
    byte[] content = JSON.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < damage.length; i++) {
      content[(at + i) % content.length] = damage[i];
    }
    assertInWords(told(content));
  }

  @Property(tries = 500)
  void whatIsNoTextAtAllIsToldToo(@ForAll @Size(max = 20) byte[] content) throws IOException {
    assertInWords(told(content));
  }

  private static void assertInWords(String told) {
    assertEquals(told.isEmpty() ? 0 : 1, told.lines().count(), told);
    for (String word : new String[] {"`", "[Source", "StreamRead", "com.", "java."}) {
      assertTrue(!told.contains(word), told);
    }
    assertTrue(
        told.isEmpty()
            || told.equals("not a JSON object")
            || told.equals("not valid JSON: not a text")
            || told.matches("not valid JSON: .*, line \\d+, column \\d+"),
        told);
  }
}
