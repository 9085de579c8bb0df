package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRA files through the command line. */
class LoraCommandTest {
  private static final Path REFERENCE =
      Fixtures.path(
          "trajectories/schnell_qwen_overlay/pytorch_lora_weights_with_metadata.safetensors");
  private static final Path PLAIN =
      Fixtures.path("trajectories/schnell_qwen_overlay/pytorch_lora_weights.safetensors");

  @TempDir private Path temporary;

  private static Outcome done(String... args) {
    Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.exitCode(), outcome.err());
    return outcome;
  }

  private static void refused(String told, int code, String... args) {
    Outcome outcome = Cli.run(args);
    assertEquals(code, outcome.exitCode(), outcome.err());
    assertTrue(outcome.err().contains(told), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }

  @Test
  void whatIsReadIsNotReplacedHoweverItIsNamed() throws IOException {
    Path folder = temporary.resolve("peft");
    done("lora", "convert", PLAIN.toString(), "--to", "peft", "--out", folder.toString());
    Path weights = folder.resolve("adapter_model.safetensors");
    byte[] before = Files.readAllBytes(weights);
    String[][] others = {
      {weights + ":0.5", "peft", folder.toString()},
      {folder + ":0.5", "peft", folder.toString()},
      {folder + ":0.5", "diffusers", weights.toString()}
    };
    for (String[] one : others) {
      refused(
          "is what is read; choose another place",
          2,
          "lora",
          "merge",
          one[0],
          "--to",
          one[1],
          "--out",
          one[2],
          "--overwrite");
    }
    assertArrayEquals(before, Files.readAllBytes(weights));
    Files.delete(weights);
    refused(
        "exists; choose another --out",
        1,
        "lora",
        "convert",
        PLAIN.toString(),
        "--to",
        "peft",
        "--out",
        folder.toString());
  }

  @Test
  void aWholeNameComesBeforeAScale() throws IOException {
    Path file = Files.copy(PLAIN, temporary.resolve("sea:2"));
    assertEquals(new LoraOption(file, 1), LoraOption.parse(file.toString()));
    assertEquals(new LoraOption(file, 3), LoraOption.parse(file + ":3"));
  }

  @Test
  void weightsBeyondAllNumbersAreRefused() {
    Path out = temporary.resolve("huge");
    refused(
        "a LoRA's weight of 1.0E300 is too large",
        2,
        "generate",
        "--generator",
        Fixtures.path("tiny-flux-schnell").toString(),
        "--prompt=a",
        "--size=64x64",
        "--threads=1",
        "--lora=" + PLAIN + ":1e300",
        "--out=" + out);
    refused(
        "is a file, not a folder",
        1,
        "lora",
        "convert",
        PLAIN.toString(),
        "--to=kohya",
        "--out=" + PLAIN.resolve("x"));
  }

  @Test
  void infoTellsPeople() {
    String told = done("lora", "info", REFERENCE.toString()).out();
    for (String part :
        List.of(
            "FLUX.1, width",
            "diffusers",
            "transformer_blocks.*.attn.to_q",
            "single_transformer_blocks.*.attn.to_v",
            "the largest changes",
            "lora_adapter_metadata: {")) {
      assertTrue(told.contains(part), told);
    }
  }

  @Test
  void infoTellsMachines() throws IOException {
    List<String> lines =
        done("lora", "info", REFERENCE.toString(), "--json").out().lines().toList();
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    assertEquals("lora", first.path("event").asText());
    assertEquals("FLUX.1", first.path("model").asText());
    assertEquals(lines.size() - 1, first.path("modules").asInt());
    double squares = 0;
    for (String line : lines.subList(1, lines.size())) {
      JsonNode module = new ObjectMapper().readTree(line);
      assertEquals("module", module.path("event").asText());
      assertEquals(2, module.path("scale").asDouble());
      assertEquals(module.path("rank").asInt(), module.path("a").get(0).asInt());
      squares += module.path("norm").asDouble() * module.path("norm").asDouble();
    }
    assertEquals(Math.sqrt(squares), first.path("norm").asDouble(), 1e-9);
  }

  private int[] drawn(String name, String lora) throws IOException {
    Path out = temporary.resolve("drawn-" + name);
    List<String> args =
        new ArrayList<>(
            List.of(
                "generate",
                "--generator",
                ModelFolders.generator().toString(),
                "--prompt",
                "a cat",
                "--size",
                "64x64",
                "--threads",
                "1",
                "--out",
                out.toString()));
    if (!lora.isEmpty()) {
      args.addAll(List.of("--lora", lora));
    }
    done(args.toArray(new String[0]));
    BufferedImage image = Png.read(out.resolve("seed-0.png"));
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  /** The reference with its metadata at 5 is the plain one at 10, and so is every form of it. */
  @Test
  void aConvertedFileDrawsTheSamePicture() throws IOException {
    int[] wanted = drawn("reference", REFERENCE + ":5");
    assertFalse(Arrays.equals(wanted, drawn("bare", "")), "it has no effect");
    assertArrayEquals(wanted, drawn("plain", PLAIN + ":10"));
    for (String form : List.of("diffusers", "kohya", "comfyui", "peft")) {
      Path out = temporary.resolve(form);
      String told =
          done("lora", "convert", REFERENCE.toString(), "--to", form, "--out", out.toString())
              .out();
      assertTrue(told.contains("in the form of " + form), told);
      assertArrayEquals(wanted, drawn(form, out + ":5"), form);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kohya", "peft"})
  void whatIsThereIsReplacedOnRequestOnly(String form) {
    String out = temporary.resolve("out").toString();
    String[] args = {"lora", "convert", REFERENCE.toString(), "--to", form, "--out", out};
    done(args);
    refused("exists; choose another --out, or --overwrite", 1, args);
    List<String> again = new ArrayList<>(List.of(args));
    again.add("--overwrite");
    done(again.toArray(new String[0]));
  }

  @Test
  void theInputStaysEvenIfAllIsOverwritten() throws IOException {
    Path copy = Files.copy(REFERENCE, temporary.resolve("copy.safetensors"));
    String name = copy.toString();
    refused(
        "is what is read",
        2,
        "lora",
        "convert",
        name,
        "--to",
        "kohya",
        "--out",
        name,
        "--overwrite");
    refused("is what is read", 2, "lora", "merge", name, "--out", name, "--overwrite");
    assertArrayEquals(Files.readAllBytes(REFERENCE), Files.readAllBytes(copy));
  }

  @Test
  void wrongUsesAreOneLine() throws IOException {
    Path other = temporary.resolve("dora.safetensors");
    try (PointerScope scope = new PointerScope()) {
      SafeTensorsWriter.write(other, Map.of("lora_unet_x.dora_scale", Noise.randn(1, 2)), Map.of());
    }
    refused("it is a DoRA", 1, "lora", "info", other.toString());
    refused("no such file", 1, "lora", "info", temporary.resolve("nothing").toString());
    refused(
        "is a folder; --out needs the name of a file",
        1,
        "lora",
        "convert",
        REFERENCE.toString(),
        "--to",
        "kohya",
        "--out",
        temporary.toString());
    refused(
        "at least 1, not 0",
        2,
        "lora",
        "merge",
        REFERENCE.toString(),
        "--rank",
        "0",
        "--out",
        temporary.resolve("x").toString());
    assertTrue(done("lora").out().contains("convert"));
  }

  private static float[] effect(Lora lora, String module) {
    try (PointerScope scope = new PointerScope()) {
      Tensor product = lora.b(module).matmul(lora.a(module));
      return Ops.toFloats(Ops.mul(product, lora.scale(module)));
    }
  }

  /** Half of one and the other, which is the same at half its strength: 2 / 2 + 1. */
  @Test
  void aMergeIsTheSumOfTheEffects() throws IOException {
    Path out = temporary.resolve("sum.safetensors");
    String told =
        done("lora", "merge", REFERENCE + ":0.5", PLAIN.toString(), "--out", out.toString()).out();
    assertTrue(told.contains("nothing is lost"), told);
    try (Lora plain = Lora.load(PLAIN);
        Lora sum = Lora.load(out)) {
      assertEquals(2 * plain.rank(), sum.rank());
      for (String module : plain.modules()) {
        float[] wanted = effect(plain, module);
        float[] given = effect(sum, module);
        for (int i = 0; i < wanted.length; i++) {
          assertEquals(2 * wanted[i], given[i], 1e-6);
        }
      }
    }
  }

  /** Both terms are multiples of one LoRA, so its rank is enough; a lower one is not. */
  @Test
  void aMergeCanBeCutToARank() throws IOException {
    int rank;
    try (Lora plain = Lora.load(PLAIN)) {
      rank = plain.rank();
    }
    JsonNode exact = merged("exact", rank);
    assertEquals(rank, exact.path("rank").asInt());
    assertTrue(exact.path("relativeError").asDouble() < 1e-6, exact.toString());
    JsonNode cut = merged("cut", 1);
    assertEquals(1, cut.path("rank").asInt());
    double error = cut.path("relativeError").asDouble();
    assertTrue(error > 0.01 && error < 1, cut.toString());
  }

  private JsonNode merged(String name, int rank) throws IOException {
    return new ObjectMapper()
        .readTree(
            done(
                    "lora",
                    "merge",
                    REFERENCE + ":0.5",
                    PLAIN.toString(),
                    "--rank",
                    String.valueOf(rank),
                    "--json",
                    "--out",
                    temporary.resolve(name).toString())
                .out());
  }
}
