package dev.dualprocess.studio.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dualprocess.config.JsonOutput;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;

/** What is read from requests and written to answers. */
final class Answer {
  private static final ObjectMapper MAPPER = JsonOutput.mapper();
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final int MOST_JSON = 1 << 20;

  private Answer() {}

  static void json(Context ctx, Object value) {
    try {
      ctx.contentType("application/json; charset=utf-8").result(MAPPER.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The body as a JSON object. */
  static JsonNode body(Context ctx) {
    byte[] sent = ctx.bodyAsBytes();
    if (sent.length > MOST_JSON) {
      throw new ContentTooLargeResponse("%d bytes, more than %d".formatted(sent.length, MOST_JSON));
    }
    try {
      JsonNode json =
          STRICT.readTree(sent.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : sent);
      if (!json.isObject()) {
        throw new BadRequestResponse("what was sent is not a JSON object");
      }
      return json;
    } catch (IOException e) {
      throw new BadRequestResponse("what was sent is not JSON");
    }
  }

  static void png(Context ctx, BufferedImage picture) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", out);
    ctx.contentType("image/png").result(out.toByteArray());
  }

  /** A file as what its name says it is; pages among them may do nothing. */
  static void file(Context ctx, Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    String type =
        name.endsWith(".png")
            ? "image/png"
            : name.endsWith(".gif")
                ? "image/gif"
                : name.endsWith(".json")
                    ? "application/json; charset=utf-8"
                    : name.endsWith(".html")
                        ? "text/html; charset=utf-8"
                        : name.endsWith(".csv") || name.endsWith(".md")
                            ? "text/plain; charset=utf-8"
                            : "application/octet-stream";
    if (name.endsWith(".html")) {
      ctx.header(
          "Content-Security-Policy",
          "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox");
    }
    ctx.contentType(type).result(Files.newInputStream(file));
  }

  /** That what follows is saved under that name. */
  static void download(Context ctx, String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "-");
    ctx.header("Content-Disposition", "attachment; filename=\"" + safe + "\"");
  }
}
