package dev.dualprocess.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(OS.WINDOWS)
class GpuScriptTest {
  @TempDir private Path temporary;

  private static Process start(Path script, String visible) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(script.toString());
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    if (!visible.equals("unset")) {
      builder.environment().put("CUDA_VISIBLE_DEVICES", visible);
    }
    return builder.start();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "3|unset|3",
        "0|unset|0",
        "8|2,5|2",
        "8|``|0",
        "8|-1|0",
        "8|0,-1,1|1",
        "8|GPU-a,GPU-b|2"
      })
  void tellsTheNumbersThatCudaHas(int there, String visible, int told) throws Exception {
    Process process = start(FakeGpus.script(temporary, there), visible);
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    JsonNode json = new ObjectMapper().readTree(text);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < told; i++) {
      expected.add(Integer.toString(i));
    }
    List<String> addresses = new ArrayList<>();
    json.path("addresses").forEach(address -> addresses.add(address.asText()));
    assertEquals("gpu", json.path("name").asText());
    assertEquals(expected, addresses);
  }

  @Test
  void failsWhereNobodyKnows() throws Exception {
    assertNotEquals(0, start(FakeGpus.script(temporary, -1), "unset").waitFor());
  }
}
