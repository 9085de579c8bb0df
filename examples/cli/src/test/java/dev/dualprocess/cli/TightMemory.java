package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.OutOfMemoryException;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;

/**
 * A program that takes its address space away from itself, asks for too much, and then for as much
 * as before; it prints a line for each.
 */
final class TightMemory {
  private static final Prompt PROMPT = Prompt.of("a desert at noon").check("Is it night?", "Yes");
  private static final LoadOptions HERE =
      LoadOptions.at(Placement.CPU).withRecompute(Recompute.OFF);
  private static final long LEFT = 160L << 20;
  private static final int SMALL = 64;
  private static final int HUGE = 768;
  private static final int LARGE = 512;
  private static final int ROUNDS = 2;

  private final ModelPair models;

  private TightMemory(ModelPair models) {
    this.models = models;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    try (ModelPair models = Models.pair("tiny", "tiny", HERE, PROMPT)) {
      new TightMemory(models).run();
    }
  }

  private void run() throws IOException, InterruptedException {
    int before = drawn(SMALL);
    stepped(SMALL);
    limitAddressSpace();
    long pointers = 0;
    for (int i = 0; i < ROUNDS; i++) {
      pointers = Pointer.totalCount(); // what a size needs once is there after the first round
      System.out.println("drawing: " + refused(() -> drawn(HUGE)));
      System.out.println("step: " + refused(() -> stepped(LARGE)));
    }
    System.out.println("more pointers: " + Math.max(0, Pointer.totalCount() - pointers));
    System.out.println("same picture: " + (drawn(SMALL) == before));
    System.out.println("loss: " + stepped(SMALL));
  }

  private static void limitAddressSpace() throws IOException, InterruptedException {
    long used =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmSize:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .sum();
    new ProcessBuilder(
            "prlimit",
            "--pid",
            Long.toString(ProcessHandle.current().pid()),
            "--as=" + (used + LEFT))
        .inheritIO()
        .start()
        .waitFor();
  }

  private static String refused(Supplier<?> body) {
    try {
      return "done: " + body.get();
    } catch (OutOfMemoryException e) {
      return e.getMessage();
    }
  }

  private Sampling at(int side) {
    return models.generator().defaultSampling().withSize(ImageSize.square(side));
  }

  private int drawn(int side) {
    Generator generator = models.generator();
    BufferedImage image = generator.generate(models.texts().get(0), at(side), 0);
    return Arrays.hashCode(
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()));
  }

  private double stepped(int side) {
    DistillSettings settings = DistillSettings.paper(at(side)).withSteps(1).withSeeds(1);
    try (Distillation run =
        Distillation.of(models.generator(), models.verifier(), PROMPT).settings(settings).start()) {
      try {
        return run.step().loss();
      } finally {
        run.lora().close();
      }
    }
  }
}
