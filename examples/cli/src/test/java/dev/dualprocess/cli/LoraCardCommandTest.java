package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.image.PictureFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a run and its audit to a folder that can be published. */
class LoraCardCommandTest {
  @TempDir private Path temporary;

  private Path run;

  private void distilAndAudit() {
    run = temporary.resolve("run");
    List<String> distill = DistillCommandTest.args(run, "--steps", "3", "--evaluation-seeds", "1");
    assertEquals(0, Cli.run(distill).exitCode());
    Outcome audited =
        Cli.run(
            List.of(
                "audit",
                "--generator=" + ModelFolders.generator(),
                "--verifier=" + ModelFolders.verifier(),
                "--lora=" + run.resolve("lora.safetensors"),
                "--prompt=Photo of a man",
                "--horizon=0.5",
                "--size=64x64",
                "--unseen-seeds=2",
                "--threads=1",
                "--out=" + run.resolve("audit")));
    assertEquals(0, audited.exitCode(), audited.err());
  }

  private Outcome card(Path out, String... more) {
    List<String> args = new ArrayList<>(List.of("lora", "card", run.toString()));
    args.addAll(List.of("--out", out.toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }

  private int[] drawn(Path lora) throws IOException {
    Path out = Files.createTempDirectory(temporary, "drawn");
    Outcome outcome =
        Cli.run(
            List.of(
                "generate",
                "--generator=" + ModelFolders.generator(),
                "--prompt=Photo of a man",
                "--size=64x64",
                "--threads=1",
                "--lora=" + lora,
                "--out=" + out));
    assertEquals(0, outcome.exitCode(), outcome.err());
    BufferedImage picture = PictureFile.read(out.resolve("seed-0.png"));
    return picture.getRGB(0, 0, 64, 64, null, 0, 64);
  }

  @Test
  void theFolderHasAllThatIsPublishedAndDrawsTheSamePicture() throws IOException {
    distilAndAudit();
    Path out = temporary.resolve("card");
    Outcome first = card(out, "--license", "apache-2.0", "--base-model", "ORG/BASE");
    assertEquals(0, first.exitCode(), first.err());
    assertFalse(first.out().contains("was not audited"), first.out());
    String readme = Files.readString(out.resolve("README.md"));
    assertTrue(readme.contains("\nlicense: apache-2.0\nbase_model: ORG/BASE\n"), readme);
    assertTrue(readme.contains("**No effect: the teacher sees no difference.**"), readme);
    assertTrue(readme.contains("| Photo of a man | yes | 1 | 0."), readme);
    assertFalse(readme.contains(temporary.toString()), readme);
    for (String picture : List.of("before-after.png", "overlay.png")) {
      assertArrayEquals(
          Files.readAllBytes(run.resolve(picture)), Files.readAllBytes(out.resolve(picture)));
    }
    assertArrayEquals(drawn(run.resolve("lora.safetensors")), drawn(out));
    assertEquals(1, card(out).exitCode());
    Outcome intoARun = card(run, "--overwrite");
    assertEquals(1, intoARun.exitCode());
    assertTrue(intoARun.err().contains("is the folder of a run; choose another --out"));
    Outcome other = card(out, "--overwrite");
    assertEquals(0, other.exitCode(), other.err());
    assertTrue(other.out().contains("No licence was given, and the card says so"), other.out());
    assertTrue(other.out().contains("The card names no base model on the hub"), other.out());
  }
}
