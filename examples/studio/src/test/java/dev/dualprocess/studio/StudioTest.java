package dev.dualprocess.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.studio.web.Studio;
import dev.dualprocess.tensor.Placement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs from the form to the folder, and what can be done with them. */
class StudioTest {
  private static final String PREVIEWS = "previews/step-000025-seed-10000.png";

  @TempDir private Path runs;

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(job -> names.add(job.path("name").asText()));
    return names;
  }

  @Test
  void aJobIsARunsFolderThatOthersCanRead() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      String id = ToyStudio.begin(client, ToyStudio.plan(client, 30), "");
      JsonNode job = client.until(id, "done");
      assertEquals(30, job.path("step").asInt());
      assertEquals(30, job.path("reports").path("loss").size());
      assertEquals(30, job.path("reports").path("probabilities").path(0).size());
      assertEquals(2, job.path("comparison").size());
      assertEquals(2, job.path("previews").size(), "two pinned seeds after step 25");
      assertTrue(
          job.path("probabilityAfter").asDouble() > job.path("probabilityBefore").asDouble());
      RunPlan plan = RunPlan.read(runs.resolve(id));
      assertEquals("a room", plan.prompts().get(0).text());
      assertEquals(
          "Is it bright? Answer with Yes or No.",
          plan.prompts().get(0).checks().get(0).question().text());
      assertEquals(30, plan.settings().steps());
      byte[] preview = client.bytes("/api/jobs/" + id + "/files/" + PREVIEWS);
      assertArrayEquals(Files.readAllBytes(runs.resolve(id).resolve(PREVIEWS)), preview);
    }
  }

  @Test
  void aStoppedJobKeepsWhatItHasAndGoesOn() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      String id = ToyStudio.begin(client, ToyStudio.plan(client, 100_000), "long");
      String waiting = ToyStudio.begin(client, ToyStudio.plan(client, 10), "short");
      client.until("/api/jobs/" + id, job -> job.path("step").asInt() > 12);
      client.post("/api/jobs/" + waiting + "/stop", Map.of());
      client.post("/api/jobs/" + id + "/stop", Map.of());
      JsonNode stopped = client.until(id, "stopped");
      int steps = stopped.path("step").asInt();
      assertTrue(steps > 12 && steps < 100_000, "steps " + steps);
      assertTrue(Files.exists(runs.resolve(id).resolve("lora.safetensors")));
      assertEquals("stopped", client.get("/api/jobs/" + waiting).path("state").asText());

      client.post("/api/jobs/" + id + "/continue", Map.of("steps", steps + 7));
      JsonNode done = client.until(id, "done");
      assertEquals(steps + 7, done.path("step").asInt());
      assertEquals(steps + 7, done.path("reports").path("step").size());
    }
  }

  @Test
  void aStudioThatEndedGoesOnWithItsJobs() throws IOException, InterruptedException {
    String running;
    String waiting;
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      ObjectNode plan = ToyStudio.plan(client, 400);
      running = ToyStudio.begin(client, plan, "first");
      waiting = ToyStudio.begin(client, ToyStudio.plan(client, 5), "second");
      client.until("/api/jobs/" + running, job -> job.path("step").asInt() > 5);
    }
    assertEquals(
        false,
        Files.exists(runs.resolve(running).resolve(".lock")),
        "nobody writes there any more");
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      assertEquals(400, client.until(running, "done").path("step").asInt());
      assertEquals(5, client.until(waiting, "done").path("step").asInt());
    }
  }

  @Test
  void theQueueIsReordered() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      String busy = ToyStudio.begin(client, ToyStudio.plan(client, 100_000), "busy");
      String a = ToyStudio.begin(client, ToyStudio.plan(client, 5), "a");
      String b = ToyStudio.begin(client, ToyStudio.plan(client, 5), "b");
      String c = ToyStudio.begin(client, ToyStudio.plan(client, 5), "c");
      assertEquals(
          List.of("busy", "c", "a", "b"),
          names(client.post("/api/jobs/" + c + "/move", Map.of("before", a))));
      assertEquals(
          List.of("busy", "c", "b", "a"), names(client.post("/api/jobs/" + a + "/move", Map.of())));
      client.until("/api/jobs/" + busy, job -> job.path("step").asInt() > 0);
      assertEquals(
          "'busy' is being run: stop it first",
          StudioClient.read(client.send(client.to("/api/jobs/" + busy).DELETE()))
              .path("error")
              .asText());
      assertEquals(204, client.send(client.to("/api/jobs/" + b).DELETE()).statusCode());
      assertFalse(Files.exists(runs.resolve(b)));
      client.post("/api/jobs/" + busy + "/stop", Map.of());
      client.until(a, "done");
    }
  }

  @Test
  void picturesAreDrawnWhileAJobIsRun() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      String first = ToyStudio.begin(client, ToyStudio.plan(client, 60), "first");
      client.until(first, "done");
      String id = ToyStudio.begin(client, ToyStudio.plan(client, 100_000), "busy");
      client.until("/api/jobs/" + id, job -> job.path("step").asInt() > 3);
      byte[] bare = client.bytes("/api/picture?prompt=a+room&seed=7");
      byte[] again = client.bytes("/api/picture?prompt=a+room&seed=7");
      byte[] none = client.bytes("/api/picture?prompt=a+room&seed=7&lora=" + first + ":0");
      byte[] taught = client.bytes("/api/picture?prompt=a+room&seed=7&lora=" + first + ":1.0");
      assertArrayEquals(bare, again);
      assertEquals(Pictures.of(bare), Pictures.of(none));
      assertNotEquals(Pictures.of(bare), Pictures.of(taught));
      assertTrue(Pictures.of(taught).brightness() > Pictures.of(bare).brightness());
      JsonNode probe =
          client.post("/api/probe", Map.of("plan", ToyStudio.plan(client, 5), "seeds", 3));
      JsonNode probed =
          client.until(
              "/api/tasks/" + probe.path("id").asText(),
              task -> !List.of("waiting", "running").contains(task.path("state").asText()));
      assertEquals("done", probed.path("state").asText(), probed.toString());
      assertEquals(3, probed.path("result").path("pictures").size());
      assertFalse(probed.path("result").path("sentence").asText().isEmpty());
      assertEquals("running", client.get("/api/jobs/" + id).path("state").asText());
      client.post("/api/jobs/" + id + "/stop", Map.of());
    }
  }

  @Test
  void whatWasLearntIsTakenAway() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      String id = ToyStudio.begin(client, ToyStudio.plan(client, 30), "kept");
      client.until(id, "done");
      String job = "/api/jobs/" + id;
      assertArrayEquals(
          Files.readAllBytes(runs.resolve(id).resolve("lora.safetensors")),
          client.bytes(job + "/files/lora.safetensors"));
      List<String> all = entries(client.bytes(job + "/all.zip"));
      assertTrue(all.containsAll(List.of("lora.safetensors", "config.json", "before-after.png")));
      assertFalse(all.contains("job.json"));
      assertTrue(entries(client.bytes(job + "/card.zip?license=mit")).contains("README.md"));
      assertEquals(
          List.of("adapter_config.json", "adapter_model.safetensors"),
          entries(client.bytes(job + "/lora?format=peft")));
      assertEquals(
          "GIF89a", new String(client.bytes(job + "/film.gif"), 0, 6, StandardCharsets.US_ASCII));
      String after = client.get(job).path("comparison").path(0).path("after").asText();
      JsonNode settings = client.post("/api/settings", client.bytes(after));
      assertEquals("a room", settings.path("plan").path("prompt").asText());
      assertEquals(30, settings.path("plan").path("settings").path("steps").asInt());
      JsonNode ofPreview = client.post("/api/settings", client.bytes(job + "/files/" + PREVIEWS));
      assertEquals(settings.path("plan"), ofPreview.path("plan"));
    }
  }

  /**
   * What the editor shows is what the verifier gets: the library's own picture, pixel by pixel,
   * where a drawing covers; where it is translucent, a picture of 8 bits lies under it, which is
   * one grey level off at most.
   */
  @ParameterizedTest
  @CsvSource({"1, 0", "0.7, 1"})
  void whatIsShownIsWhatTheVerifierGets(double opacity, int levels)
      throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      ObjectNode plan = ToyStudio.plan(client, 5);
      ObjectNode drawing = ((ObjectNode) plan.at("/checks/0")).putObject("drawing");
      drawing.put("opacity", opacity);
      drawing.putArray("annotations").addObject().put("horizon", 0.4);
      ((ArrayNode) drawing.get("annotations"))
          .addObject()
          .putArray("box")
          .add(0.1)
          .add(0.2)
          .add(0.3)
          .add(0.4);
      String task = client.post("/api/probe", Map.of("plan", plan, "seeds", 2)).path("id").asText();
      JsonNode probe =
          client.until("/api/tasks/" + task, t -> t.path("state").asText().equals("done"));
      for (JsonNode picture : probe.at("/result/pictures")) {
        Map<String, Object> under =
            Map.of("prompt", "a room", "seed", picture.path("seed").asLong());
        byte[] shown =
            client.bytesOf("/api/shown", Map.of("plan", plan, "drawing", drawing, "under", under));
        Pictures seen = Pictures.of(client.bytes(picture.path("shown").asText()));
        assertTrue(seen.levelsFrom(Pictures.of(shown)) <= levels);
        Pictures bare = Pictures.of(client.bytes(picture.path("image").asText()));
        assertTrue(bare.levelsFrom(Pictures.of(shown)) > 50);
      }
    }
  }

  private static List<String> entries(byte[] zip) throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }

  /** A language model that has two questions for everything. */
  private record TwoQuestions(String named) implements AssistantSource, Assistant {
    @Override
    public Assistant open(Placement placement) {
      return this;
    }

    @Override
    public String name() {
      return named;
    }

    @Override
    public Reply reply(Request request) {
      return new Reply(
          "{\"questions\": [{\"question\": \"Is it a room?\", \"answer\": \"Yes\"},"
              + " {\"question\": \"Is it bright?\", \"answer\": \"Yes\"}]}",
          1,
          1);
    }

    @Override
    public void close() {}
  }

  @Test
  void questionsAreSuggestedWhereSomebodyCan() throws IOException, InterruptedException {
    StudioSettings settings =
        ToyStudio.settings(runs, "127.0.0.1", Optional.of(new TwoQuestions("two")));
    try (Studio studio = Studio.start(settings)) {
      StudioClient client = new StudioClient(studio.address());
      assertTrue(client.get("/api/state").path("suggest").asBoolean());
      String task = client.post("/api/suggest", Map.of("prompt", "a room")).path("id").asText();
      JsonNode done =
          client.until("/api/tasks/" + task, t -> t.path("state").asText().equals("done"));
      JsonNode first = done.at("/result/questions/0");
      assertEquals("Is it a room? Answer with Yes or No.", first.path("question").asText());
      assertEquals("Yes", first.path("answer").asText());
      assertEquals(2, done.at("/result/questions").size());
    }
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      assertFalse(client.get("/api/state").path("suggest").asBoolean());
      assertEquals(
          "no language model was chosen",
          client.post("/api/suggest", Map.of("prompt", "a")).path("error").asText());
    }
  }

  @Test
  void aJobThatFailsSaysWhy() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      ObjectNode plan = ToyStudio.plan(client, 5);
      ((ObjectNode) plan.get("generator")).put("id", "no/such-model");
      String id = ToyStudio.begin(client, plan, "lost");
      JsonNode failed = client.until(id, "failed");
      assertTrue(failed.path("error").asText().startsWith("no/such-model: no such generator"));
    }
  }

  @Test
  void aPlanThatCannotBeIsRefused() throws IOException, InterruptedException {
    try (Studio studio = ToyStudio.start(runs)) {
      StudioClient client = new StudioClient(studio.address());
      ObjectNode none = ToyStudio.plan(client, 5);
      ((ArrayNode) none.get("checks")).removeAll();
      ObjectNode never = ToyStudio.plan(client, 0);
      ObjectNode escaping = ToyStudio.plan(client, 5);
      ((ObjectNode) escaping.at("/checks/0")).putObject("drawing").put("painting", "../../x.png");
      for (ObjectNode plan : List.of(none, never, escaping)) {
        JsonNode answer = client.post("/api/jobs", Map.of("plan", plan));
        assertTrue(answer.path("error").asText().length() > 10, answer.toString());
      }
      assertEquals(0, client.get("/api/state").path("jobs").size());
    }
  }
}
