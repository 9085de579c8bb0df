package dev.dualprocess.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Soak;
import dev.dualprocess.testing.SoakRow;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two distillations beside generation in one JVM: each gives bit for bit what it gives alone. */
@Tag("soak")
class TogetherSoakTest {
  private static final ImageSize SIZE = ImageSize.square(64);
  private static final int STEPS = 20;
  private static final int PICTURES = 40;

  @TempDir private Path folder;

  @Test
  void eachGivesWhatItGivesAlone() {
    List<Supplier<Integer>> works =
        List.of(() -> learnt(1), () -> learnt(2), TogetherSoakTest::drawn);
    List<Integer> alone = works.stream().map(Supplier::get).toList();
    int rounds = Soak.times(20);
    int same = 0;
    ExecutorService threads = Executors.newFixedThreadPool(works.size());
    try {
      for (int i = 0; i < rounds; i++) {
        List<CompletableFuture<Integer>> running =
            works.stream().map(work -> CompletableFuture.supplyAsync(work, threads)).toList();
        List<Integer> together = running.stream().map(CompletableFuture::join).toList();
        same += together.equals(alone) ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    Soak.tell(SoakRow.of("two distillations beside generation", rounds, same));
    assertEquals(rounds, same);
  }

  /** A sum over the file of what a run of that seed has learnt. */
  private int learnt(long seed) {
    Path file = folder.resolve("lora-" + seed + ".safetensors");
    try (ModelPair pair = RunSamples.pair();
        Distillation run =
            pair.distillation(RunSamples.PROMPT).settings(settings(pair, seed)).start();
        Lora lora = run.lora()) {
      run.run();
      lora.save(file);
      return Arrays.hashCode(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DistillSettings settings(ModelPair pair, long seed) {
    return pair.distillation(RunSamples.PROMPT).size(SIZE).steps(STEPS).settings().withSeed(seed);
  }

  private static int drawn() {
    List<Integer> sums = new ArrayList<>();
    try (Generator generator =
            Models.generator(RunSamples.generator(), LoadOptions.at(Placement.CPU));
        Conditioning text = generator.condition("a house")) {
      for (int seed = 0; seed < PICTURES; seed++) {
        BufferedImage picture =
            generator.generate(text, generator.defaultSampling().withSize(SIZE), seed);
        int[] pixels = picture.getRGB(0, 0, SIZE.width(), SIZE.height(), null, 0, SIZE.width());
        sums.add(Arrays.hashCode(pixels));
      }
      return sums.hashCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
