package dev.dualprocess.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonOutputTest {
  /** A record of both kinds of double. */
  record Both(double plain, Double boxed) {}

  @Test
  void whatIsNoNumberIsNull() throws IOException {
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("loss", Double.NaN);
    results.put("record", new Both(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    results.put("list", Arrays.asList(0.5, Double.NaN, 1e-300));
    assertEquals(
        "{\"loss\":null,\"record\":{\"plain\":null,\"boxed\":null},\"list\":[0.5,null,1.0E-300]}",
        JsonOutput.mapper().writeValueAsString(results));
  }
}
