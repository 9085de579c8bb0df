package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.Png;
import dev.dualprocess.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many pictures: of a file's texts, with and without, the best of some, several at once. */
class GenerateCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LORA =
      Fixtures.path("trajectories/schnell_qwen_overlay/pytorch_lora_weights.safetensors")
          .toString();

  @TempDir private Path temporary;

  private Path out(String name) {
    return temporary.resolve(name);
  }

  private static Outcome generate(Path out, String... more) {
    List<String> args =
        new ArrayList<>(List.of("generate", "--generator", ModelFolders.generator().toString()));
    args.addAll(List.of("--size", "64x64", "--threads", "1", "--out", out.toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }

  private static String done(Path out, String... more) {
    Outcome outcome = generate(out, more);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return outcome.out();
  }

  private static void refused(String because, int exitCode, Outcome outcome) {
    assertEquals(exitCode, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains(because), outcome.err());
    assertEquals(1, outcome.err().lines().filter(l -> l.startsWith("dualprocess: ")).count());
  }

  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static int[] pixels(Path picture) throws IOException {
    BufferedImage image = Png.read(picture);
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private static JsonNode parameters(Path picture) throws IOException {
    return JSON.readTree(Png.readTexts(picture).get("parameters"));
  }

  @Test
  void everyTextOfAFileIsDrawnWithEverySeed() throws IOException {
    Path texts = Files.writeString(out("texts.txt"), "a cat\n# no\n\na cat!\n");
    Path out = out("many");
    done(out, "--prompts", texts.toString(), "--seed", "3", "--count", "2");
    assertEquals(
        Set.of("a-cat-seed-3.png", "a-cat-seed-4.png", "a-cat-2-seed-3.png", "a-cat-2-seed-4.png"),
        files(out));
    assertEquals("a cat!", parameters(out.resolve("a-cat-2-seed-3.png")).path("prompt").asText());
    done(out("one"), "--prompt", "a cat!", "--seed", "4");
    assertArrayEquals(
        pixels(out("one").resolve("seed-4.png")), pixels(out.resolve("a-cat-2-seed-4.png")));
    Files.writeString(texts, "a cat\na cat?\n");
    refused(
        "a-cat-2-seed-4.png: was drawn with another prompt",
        1,
        generate(out, "--prompts", texts.toString(), "--seed", "4"));
    done(out, "--prompts", texts.toString(), "--seed", "4", "--overwrite");
  }

  @Test
  void aTextAndAFileAreNotBoth() throws IOException {
    Path texts = Files.writeString(out("texts.txt"), "a cat\na cat\n");
    Outcome both = generate(out("o"), "--prompt", "a", "--prompts", texts.toString());
    assertEquals(2, both.exitCode());
    assertEquals(2, generate(out("o")).exitCode());
    refused(
        texts + ", line 2: the same text", 1, generate(out("o"), "--prompts", texts.toString()));
    assertFalse(Files.exists(out("o")));
  }

  @Test
  void picturesWithAndWithoutAreSideBySide() throws IOException {
    Path texts = Files.writeString(out("texts.txt"), "a <b>cat</b> & dog\na lake\n");
    Path out = out("compared");
    List<String> how =
        List.of("--prompts", texts.toString(), "--compare", "--lora", LORA + ":10", "--count", "2");
    done(out, how.toArray(String[]::new));
    Path before = out.resolve("a-lake-seed-1-before.png");
    Path after = out.resolve("a-lake-seed-1-after.png");
    assertEquals(11, files(out).size(), files(out).toString());
    done(out("bare"), "--prompt", "a lake", "--seed", "1");
    done(out("with"), "--prompt", "a lake", "--seed", "1", "--lora", LORA + ":10");
    assertArrayEquals(pixels(out("bare").resolve("seed-1.png")), pixels(before));
    assertArrayEquals(pixels(out("with").resolve("seed-1.png")), pixels(after));
    assertEquals(0, parameters(before).path("loras").size());
    assertEquals(1, parameters(after).path("loras").size());
    BufferedImage grid = Png.read(out.resolve("compare.png"));
    assertEquals(8 + 2 * (192 + 8), grid.getWidth());
    assertEquals(8 + 26 + 4 * (192 + 22 + 8), grid.getHeight());
    page(Files.readString(out.resolve("index.html")));
    JsonNode pair = JSON.readTree(out.resolve("results.json").toFile()).path("pictures").path(3);
    assertEquals("a-lake-seed-1-before.png", pair.path("before").asText());
    refused("holds the results of an earlier run", 1, generate(out, how.toArray(String[]::new)));
  }

  private static void page(String html) {
    assertTrue(html.contains("<h2>a &lt;b&gt;cat&lt;/b&gt; &amp; dog</h2>"), html);
    assertFalse(html.contains("<b>"), html);
    assertFalse(html.contains("http"), html);
    for (String picture : List.of("a-b-cat-b-dog-seed-0-before.png", "a-lake-seed-1-after.png")) {
      assertTrue(html.contains("<img src=\"" + picture + "\""), picture);
    }
  }

  @Test
  void aGridSaysThatItHasTheFirstRowsOnly() throws IOException {
    String said = done(out("long"), "--prompt=a", "--compare", "--lora", LORA, "--count", "25");
    assertTrue(said.contains("compare.png has the first 24 of 25 rows"), said);
    BufferedImage grid = Png.read(out("long").resolve("compare.png"));
    assertEquals(8 + 26 + 24 * (192 + 22 + 8), grid.getHeight());
  }

  @Test
  void thePageOfSomethingElseStays() throws IOException {
    Path page = Files.createDirectories(out("else")).resolve("index.html");
    Files.writeString(page, "mine");
    refused(
        "is there already", 1, generate(out("else"), "--prompt=a", "--compare", "--lora", LORA));
    assertEquals("mine", Files.readString(page));
  }

  @Test
  void theBestIsTheOneThatTheVerifierRatesHighest() throws IOException {
    Path all = out("all");
    done(all, "--prompt=a house", "--count", "6");
    Path out = out("best");
    List<String> asks =
        List.of("--verifier", ModelFolders.verifier().toString(), "--question", "Is it dark?");
    List<String> how = new ArrayList<>(List.of("--prompt=a house", "--best-of=3", "--count=2"));
    how.addAll(asks);
    done(out, how.toArray(String[]::new));
    assertEquals(Set.of("best-1.png", "best-2.png", "results.json"), files(out));
    JsonNode results = JSON.readTree(out.resolve("results.json").toFile()).path("pictures");
    for (int i = 0; i < 2; i++) {
      List<Double> rated = new ArrayList<>();
      for (int seed = 3 * i; seed < 3 * i + 3; seed++) {
        rated.add(rated(all.resolve("seed-" + seed + ".png"), asks));
      }
      double highest = rated.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
      int best = 3 * i + rated.indexOf(highest);
      assertEquals(best, results.path(i).path("seed").asLong(), rated.toString());
      assertEquals(highest, results.path(i).path("probability").asDouble(), 1e-6);
      assertEquals(2, results.path(i).path("others").size());
      for (JsonNode other : results.path(i).path("others")) {
        assertEquals(
            rated.get(other.path("seed").asInt() - 3 * i),
            other.path("probability").asDouble(),
            1e-6);
      }
      Path kept = out.resolve("best-" + (i + 1) + ".png");
      assertEquals(best, parameters(kept).path("seed").asLong());
      assertArrayEquals(pixels(all.resolve("seed-" + best + ".png")), pixels(kept));
    }
    refused("holds the results of an earlier run", 1, generate(out, how.toArray(String[]::new)));
  }

  private static double rated(Path picture, List<String> asks) throws IOException {
    List<String> args = new ArrayList<>(List.of("rate", "--image", picture.toString(), "--json"));
    args.addAll(asks);
    args.addAll(List.of("--threads", "1"));
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return JSON.readTree(outcome.out().strip()).path("probability").asDouble();
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Path out = out("refused");
    refused("--compare needs a --lora", 2, generate(out, "--prompt=a", "--compare"));
    refused("--best-of needs a --verifier", 2, generate(out, "--prompt=a", "--best-of=2"));
    refused("are for --best-of N", 2, generate(out, "--prompt=a", "--verifier=tiny"));
    refused("are for --best-of N", 2, generate(out, "--prompt=a", "--question=b?"));
    refused("nothing to ask", 2, generate(out, "--prompt=a", "--best-of=2", "--verifier=tiny"));
    refused("--batch must be at least 1", 2, generate(out, "--prompt=a", "--batch=0"));
    refused(
        "--best-of must be at least 1",
        2,
        generate(out, "--prompt=a", "--best-of=0", "--verifier=tiny"));
    refused(
        "--count times --best-of is 1000002",
        2,
        generate(out, "--prompt=a", "--count=500001", "--best-of=2", "--verifier=tiny"));
    assertFalse(Files.exists(out));
  }

  /** The same within a step of a colour's 255, and not the same picture again and again. */
  @Test
  void picturesOfABatchAreThoseDrawnAlone() throws IOException {
    done(out("alone"), "--prompt=a house", "--count=5");
    done(out("batch"), "--prompt=a house", "--count=5", "--batch=3");
    for (int seed = 0; seed < 5; seed++) {
      int[] alone = pixels(out("alone").resolve("seed-" + seed + ".png"));
      int[] batch = pixels(out("batch").resolve("seed-" + seed + ".png"));
      assertEquals(0, farthest(alone, batch), 1, "seed " + seed);
    }
    assertTrue(
        farthest(
                pixels(out("batch").resolve("seed-0.png")),
                pixels(out("batch").resolve("seed-1.png")))
            > 1);
  }

  private static int farthest(int[] a, int[] b) {
    int most = 0;
    for (int i = 0; i < a.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        most = Math.max(most, Math.abs((a[i] >> shift & 255) - (b[i] >> shift & 255)));
      }
    }
    return most;
  }
}
