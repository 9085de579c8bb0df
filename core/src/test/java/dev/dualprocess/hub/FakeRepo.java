package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** A repository of the fake hub: paths and contents. What ends in safetensors is a large file. */
final class FakeRepo {
  static final HubId ID = new HubId("maker/model");
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private final Map<String, byte[]> contents = new LinkedHashMap<>();

  /** A text. */
  FakeRepo with(String path, String content) {
    return with(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes. */
  FakeRepo with(String path, byte[] content) {
    contents.put(path, content);
    return this;
  }

  /** Noise of that length, the same in every process. */
  FakeRepo with(String path, int length) {
    byte[] noise = new byte[length];
    new Random(path.hashCode()).nextBytes(noise);
    return with(path, noise);
  }

  /** All files of a folder. */
  static FakeRepo of(Path folder) throws IOException {
    FakeRepo repo = new FakeRepo();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String path = folder.relativize(file).toString().replace('\\', '/');
        repo.with(path, Files.readAllBytes(file));
      }
    }
    return repo;
  }

  /** In the parts of FLUX.1, of about that many bytes together. */
  static FakeRepo flux(int bytes) {
    String index = "{\"weight_map\": {}}";
    return new FakeRepo()
        .with("model_index.json", "{\"_class_name\": \"FluxPipeline\"}")
        .with("README.md", "not wanted")
        .with("flux1-schnell.safetensors", 5000)
        .with("ae.safetensors", 3000)
        .with("scheduler/scheduler_config.json", "{}")
        .with("tokenizer/vocab.json", "{\"a\": 0}")
        .with("tokenizer/merges.txt", "a b")
        .with("tokenizer_2/spiece.model", 2000)
        .with("text_encoder/config.json", "{}")
        .with("text_encoder/model.safetensors", bytes / 20)
        .with("text_encoder_2/config.json", "{}")
        .with("text_encoder_2/model.safetensors.index.json", index)
        .with("text_encoder_2/model-00001-of-00002.safetensors", bytes / 7)
        .with("text_encoder_2/model-00002-of-00002.safetensors", bytes / 7)
        .with("transformer/config.json", "{}")
        .with("transformer/diffusion_pytorch_model.safetensors.index.json", index)
        .with("transformer/diffusion_pytorch_model-00001-of-00003.safetensors", bytes / 4)
        .with("transformer/diffusion_pytorch_model-00002-of-00003.safetensors", bytes / 4)
        .with("transformer/diffusion_pytorch_model-00003-of-00003.safetensors", bytes / 9)
        .with("vae/config.json", "{\"vae\": 1}")
        .with("vae/diffusion_pytorch_model.safetensors", bytes / 20);
  }

  byte[] content(String path) {
    return contents.get(path);
  }

  boolean has(String path) {
    return contents.containsKey(path);
  }

  List<RepoFile> files() {
    return contents.entrySet().stream().map(e -> file(e.getKey(), e.getValue())).toList();
  }

  RepoFile file(String path) {
    return file(path, contents.get(path));
  }

  private static RepoFile file(String path, byte[] content) {
    String sha1 =
        Sums.of(
            "SHA-1", ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8), content);
    Optional<String> sha256 =
        path.endsWith(".safetensors") ? Optional.of(Sums.of("SHA-256", content)) : Optional.empty();
    return new RepoFile(path, content.length, sha1, sha256);
  }
}
