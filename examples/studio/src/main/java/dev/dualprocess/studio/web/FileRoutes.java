package dev.dualprocess.studio.web;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.dualprocess.card.CardSettings;
import dev.dualprocess.card.ModelCard;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.lora.format.LoraFormat;
import dev.dualprocess.run.AnimatedGif;
import dev.dualprocess.studio.jobs.JobFolder;
import dev.dualprocess.studio.jobs.JobQueue;
import dev.dualprocess.studio.jobs.Preview;
import dev.dualprocess.studio.jobs.PreviewLog;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** What a job has left, to look at and to take away. */
final class FileRoutes implements StudioServer.Routes {
  private static final int HUNDREDTHS = 40;

  private final JobQueue queue;

  FileRoutes(JobQueue queue) {
    this.queue = queue;
  }

  @Override
  public void add(JavalinConfig config) {
    config.routes.get("/api/jobs/{id}/files/<name>", this::file);
    config.routes.get("/api/jobs/{id}/lora", this::lora);
    config.routes.get("/api/jobs/{id}/card.zip", this::card);
    config.routes.get("/api/jobs/{id}/all.zip", this::all);
    config.routes.get("/api/jobs/{id}/film.gif", this::film);
  }

  private JobFolder job(Context ctx) {
    return queue.job(ctx.pathParam("id"));
  }

  private void file(Context ctx) throws IOException {
    String name = ctx.pathParam("name");
    Path file =
        job(ctx)
            .file(name)
            .orElseThrow(() -> new NoSuchElementException("the job has no such file"));
    Answer.file(ctx, file);
  }

  private static Path learnt(JobFolder job) {
    if (!Files.isRegularFile(job.lora())) {
      throw new NoSuchElementException("this job has not learnt anything yet");
    }
    return job.lora();
  }

  private void lora(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    Path file = learnt(job);
    LoraFormat format = format(ctx.queryParam("format"));
    String form = format.name().toLowerCase(Locale.ROOT);
    inFolder(
        folder -> {
          Path converted = folder.resolve(job.id());
          format.convert(file, converted);
          if (Files.isDirectory(converted)) {
            Answer.download(ctx, job.id() + "-" + form + ".zip");
            zip(ctx, converted);
          } else {
            Answer.download(ctx, job.id() + "-" + form + ".safetensors");
            ctx.contentType("application/octet-stream").result(Files.readAllBytes(converted));
          }
        });
  }

  private static LoraFormat format(@Nullable String asked) {
    for (LoraFormat format : LoraFormat.values()) {
      if (asked == null || format.name().equalsIgnoreCase(asked)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "a LoRA's form is diffusers, kohya, comfyui or peft, not '" + asked + "'");
  }

  private void card(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    learnt(job);
    String license = ctx.queryParam("license");
    CardSettings settings =
        CardSettings.of(
            license == null || license.isBlank() ? CardSettings.LICENSE_UNKNOWN : license);
    inFolder(
        folder -> {
          ModelCard.of(job.path(), settings).write(folder.resolve("card"));
          Answer.download(ctx, job.id() + "-card.zip");
          zip(ctx, folder.resolve("card"));
        });
  }

  private void all(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    Answer.download(ctx, job.id() + ".zip");
    ctx.contentType("application/zip");
    zip(job.path(), job.files(), ctx.outputStream());
  }

  private interface Writing {
    void in(Path folder) throws IOException;
  }

  private static void inFolder(Writing writing) throws IOException {
    Path folder = Files.createTempDirectory("studio");
    try {
      writing.in(folder);
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void zip(Context ctx, Path folder) throws IOException {
    ctx.contentType("application/zip");
    try (Stream<Path> all = Files.walk(folder)) {
      List<String> names =
          all.filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString().replace('\\', '/'))
              .sorted()
              .toList();
      zip(folder, names, ctx.outputStream());
    }
  }

  private static void zip(Path folder, List<String> names, OutputStream out) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        Files.copy(folder.resolve(name), zip);
        zip.closeEntry();
      }
    }
  }

  private void film(Context ctx) throws IOException {
    JobFolder job = job(ctx);
    List<Preview> previews = new PreviewLog(job.path()).all();
    if (previews.isEmpty()) {
      throw new NoSuchElementException("nothing was drawn while this job was run");
    }
    long seed = previews.get(0).seed();
    List<BufferedImage> frames = new ArrayList<>();
    frames.add(PictureFile.read(job.path().resolve(previews.get(0).without())));
    for (Preview preview : previews) {
      if (preview.seed() == seed) {
        frames.add(PictureFile.read(job.path().resolve(preview.with())));
      }
    }
    inFolder(
        folder -> {
          Path film = folder.resolve("film.gif");
          new AnimatedGif(frames, HUNDREDTHS).write(film);
          ctx.contentType("image/gif").result(Files.readAllBytes(film));
        });
  }
}
