package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonMutationTest {
  private final JsonNode tree = Fixtures.json("tiny-idefics2/tokenizer_config.json");

  private JsonNode mutated(long seed) {
    return new JsonMutation(new SplittableRandom(seed)).mutated(tree);
  }

  @Test
  void sameSeedSameDamage() {
    JsonNode before = tree.deepCopy();
    for (long seed = 0; seed < 200; seed++) {
      assertEquals(mutated(seed), mutated(seed));
    }
    assertEquals(before, tree);
  }

  @Test
  void nearlyEverySeedDoesAnotherDamage() {
    Set<JsonNode> seen = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      seen.add(mutated(seed));
    }
    assertTrue(seen.size() > 150, () -> seen.size() + " of 200 differ");
    assertNotEquals(tree, mutated(1));
  }
}
