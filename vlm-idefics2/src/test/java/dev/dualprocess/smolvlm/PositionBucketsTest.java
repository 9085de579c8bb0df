package dev.dualprocess.smolvlm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.idefics.PositionTable;
import dev.dualprocess.testing.Fixtures;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which vector of the table a patch has, in the tables of the published models. */
class PositionBucketsTest {
  @Test
  void bucketsAreThoseOfTheOriginal() {
    int checked = 0;
    JsonNode tables = Fixtures.json(SmolVlmFamily.FOLDER + "position_buckets.json").get("tables");
    for (Map.Entry<String, JsonNode> table : tables.properties()) {
      int side = Integer.parseInt(table.getKey());
      for (Map.Entry<String, JsonNode> row : table.getValue().get("buckets").properties()) {
        int patches = Integer.parseInt(row.getKey());
        assertArrayEquals(
            Fixtures.longs(row.getValue()),
            Arrays.stream(PositionTable.buckets(patches, side)).asLongStream().toArray(),
            () -> patches + " patches in a table of " + side);
        checked++;
      }
    }
    assertTrue(checked > 0, "no table found");
  }
}
