package dev.dualprocess.studio.pictures;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.models.OpenedModels;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.work.MemoryFit;
import dev.dualprocess.studio.work.Needs;
import dev.dualprocess.studio.work.Parameters;
import dev.dualprocess.studio.work.Workbench;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Pictures that were drawn, in files named by all that they depend on, so that none is drawn twice.
 * Thread-safe.
 */
public final class PictureCache {
  private static final int MOST_FILES = 2000;

  private final Path folder;
  private final JobQueue queue;
  private final Workbench workbench;
  private final MemoryFit memory;

  /** A cache in a folder that is made if need be. */
  public PictureCache(Path folder, JobQueue queue, Workbench workbench, MemoryFit memory)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.queue = queue;
    this.workbench = workbench;
    this.memory = memory;
    shrink();
  }

  /** Removes the oldest where there are many. */
  private void shrink() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> oldestFirst =
          all.sorted(Comparator.comparingLong(file -> file.toFile().lastModified())).toList();
      int tooMany = Math.max(0, oldestFirst.size() - MOST_FILES);
      for (Path file : oldestFirst.subList(0, tooMany)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The file of that picture, drawn if it is not there. */
  public CompletableFuture<Path> file(PictureRequest request) throws IOException {
    List<Path> loras = new ArrayList<>();
    List<String> versions = new ArrayList<>();
    for (PictureRequest.Strength one : request.loras()) {
      Path lora = queue.job(one.job()).lora();
      if (!Files.isRegularFile(lora)) {
        throw new IOException("'" + one.job() + "' has not learnt anything yet");
      }
      loras.add(lora);
      versions.add(Files.size(lora) + "@" + Files.getLastModifiedTime(lora));
    }
    Path file = folder.resolve(request.key(versions) + ".png");
    return Files.exists(file)
        ? CompletableFuture.completedFuture(file)
        : workbench.soon(
            Needs.generator(request.generator()), models -> draw(models, request, loras, file));
  }

  private Path draw(OpenedModels models, PictureRequest request, List<Path> loras, Path file)
      throws IOException {
    if (Files.exists(file)) {
      return file; // somebody else wanted it too
    }
    Generator generator = models.generator(request.generator());
    Sampling sampling = request.over(generator.defaultSampling());
    memory.requireRoom(request.generator(), sampling.size());
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      for (int i = 0; i < loras.size(); i++) {
        Lora lora = Lora.load(loras.get(i));
        opened.push(lora);
        Attachment attached =
            generator.loraTargets().attach(lora, request.loras().get(i).strength());
        opened.push(attached);
      }
      BufferedImage picture =
          generator.generate(models.text(generator, request.prompt()), sampling, request.seed());
      Png.write(
          file,
          picture,
          Map.of("parameters", Parameters.text(parameters(request, generator, sampling))));
      return file;
    } finally {
      close(opened);
    }
  }

  private static void close(Deque<AutoCloseable> opened) {
    for (AutoCloseable one : opened) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Map<String, Object> parameters(
      PictureRequest request, Generator generator, Sampling sampling) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", request.prompt());
    parameters.put("seed", request.seed());
    parameters.putAll(SamplingParameters.of(generator, sampling));
    parameters.put(
        "loras", request.loras().stream().map(one -> one.job() + ":" + one.strength()).toList());
    return parameters;
  }
}
