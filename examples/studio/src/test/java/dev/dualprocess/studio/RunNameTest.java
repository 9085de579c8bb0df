package dev.dualprocess.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.studio.web.Studio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person calls a run is what its folder is called. */
class RunNameTest {
  @TempDir private Path runs;

  @Test
  void aRunIsCalledWhatItWasGiven() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      JsonNode plan = ToyStudio.plan(client, 2);
      String named = ToyStudio.begin(client, plan, "../Für die Ausstellung/1");
      assertTrue(named.matches("\\d{8}-\\d{6}-fur-die-ausstellung-1"), named);
      JsonNode job = client.until(named, "done");
      assertEquals("../Für die Ausstellung/1", job.path("name").asText());
      assertTrue(Files.isDirectory(runs.resolve(named)), named);

      String again = ToyStudio.begin(client, plan, "../Für die Ausstellung/1");
      assertTrue(again.contains("-fur-die-ausstellung-1"), again);
      assertNotEquals(named, again);
      client.until(again, "done");
    }
  }

  @Test
  void withoutANameItIsCalledByItsPrompt() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      String id = ToyStudio.begin(client, ToyStudio.plan(client, 2), "");
      assertTrue(id.endsWith("-a-room"), id);
      assertEquals("a room", client.until(id, "done").path("name").asText());
    }
  }

  @Test
  void aNameHasAnEnd() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      JsonNode plan = ToyStudio.plan(client, 2);
      assertEquals(
          "a name has at most 200 letters",
          client
              .post("/api/jobs", Map.of("plan", plan, "name", "a".repeat(201)))
              .path("error")
              .asText());
      assertEquals(0, client.get("/api/state").path("jobs").size());
    }
  }
}
