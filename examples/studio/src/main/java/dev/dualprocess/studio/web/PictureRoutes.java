package dev.dualprocess.studio.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Throwables;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.studio.pictures.Drawings;
import dev.dualprocess.studio.pictures.PictureCache;
import dev.dualprocess.studio.pictures.PictureRequest;
import dev.dualprocess.studio.pictures.PictureRequest.Strength;
import dev.dualprocess.studio.pictures.PictureSettings;
import dev.dualprocess.tensor.Torch;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Pictures drawn on demand, drawings laid over them, and pictures that are sent. */
final class PictureRoutes implements StudioServer.Routes {
  private static final int MOST_LORAS = 8;

  private final PictureCache cache;
  private final Drawings drawings;
  private final String generator;

  /**
   * Routes over that cache.
   *
   * @param generator who draws where nobody says otherwise
   */
  PictureRoutes(PictureCache cache, Drawings drawings, String generator) {
    this.cache = cache;
    this.drawings = drawings;
    this.generator = generator;
  }

  @Override
  public void add(JavalinConfig config) {
    config.routes.get("/api/picture", this::picture);
    config.routes.post("/api/shown", this::shown);
    config.routes.post("/api/paintings", ctx -> Answer.json(ctx, drawings.keep(ctx.bodyAsBytes())));
    config.routes.get(
        "/api/paintings/{name}",
        ctx -> Answer.png(ctx, drawings.stored().find(ctx.pathParam("name"))));
    config.routes.post(
        "/api/settings", ctx -> Answer.json(ctx, PictureSettings.read(ctx.bodyAsBytes())));
  }

  private void picture(Context ctx) throws IOException {
    CompletableFuture<Path> file = cache.file(request(ctx));
    ctx.future(
        () ->
            file.handle(
                (path, failure) -> {
                  if (failure != null) {
                    String why = Torch.message(Throwables.getRootCause(failure));
                    throw new IllegalStateException(why, failure);
                  }
                  send(ctx, path);
                  return path;
                }));
  }

  private static void send(Context ctx, Path path) {
    try {
      Answer.file(ctx, path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PictureRequest request(Context ctx) {
    String by = ctx.queryParam("generator");
    if (ctx.queryParams("lora").size() > MOST_LORAS) {
      throw new IllegalArgumentException("at most " + MOST_LORAS + " LoRAs are stacked");
    }
    return new PictureRequest(
        by == null || by.isBlank() ? generator : by,
        Optional.ofNullable(ctx.queryParam("prompt")).orElse(""),
        number(ctx, "seed").map(Double::longValue).orElse(0L),
        size(number(ctx, "width"), number(ctx, "height")),
        number(ctx, "steps").map(n -> OptionalInt.of(n.intValue())).orElse(OptionalInt.empty()),
        number(ctx, "guidance").map(OptionalDouble::of).orElse(OptionalDouble.empty()),
        ctx.queryParams("lora").stream().map(Strength::parse).toList());
  }

  private static Optional<ImageSize> size(Optional<Double> width, Optional<Double> height) {
    return width.isPresent() && height.isPresent()
        ? Optional.of(new ImageSize(height.get().intValue(), width.get().intValue()))
        : Optional.empty();
  }

  private static Optional<Double> number(Context ctx, String name) {
    @Nullable String text = ctx.queryParam(name);
    try {
      return text == null || text.isBlank() ? Optional.empty() : Optional.of(Double.valueOf(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + name + "' is a number, not '" + text + "'", e);
    }
  }

  private void shown(Context ctx) throws IOException {
    JsonNode asked = Answer.body(ctx);
    DistillSettings settings =
        RunPlan.settings(asked.path("plan").path("settings"), "the settings");
    ImageSize size = settings.sampling().size();
    JsonNode under = asked.path("under");
    Optional<Path> picture =
        under.isObject() ? Optional.of(drawn(asked, under, settings)) : Optional.empty();
    Answer.png(ctx, drawings.shown(asked.path("drawing"), picture, size, settings));
  }

  private Path drawn(JsonNode asked, JsonNode under, DistillSettings settings) throws IOException {
    PictureRequest request =
        new PictureRequest(
            asked.path("plan").path("generator").path("id").asText(generator),
            under.path("prompt").asText(""),
            under.path("seed").asLong(),
            Optional.of(settings.sampling().size()),
            OptionalInt.of(settings.sampling().numInferenceSteps()),
            OptionalDouble.of(settings.sampling().guidanceScale()),
            List.of());
    try {
      return cache.file(request).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("nobody waited for the picture", e);
    } catch (ExecutionException e) {
      throw new IOException(Torch.message(Throwables.getRootCause(e)), e);
    }
  }
}
