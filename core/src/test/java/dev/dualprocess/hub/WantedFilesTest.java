package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WantedFilesTest {
  private static final List<String> PARTS = List.of("model_index.json", "{transformer,vae}/*");

  private static RepoFile file(String path) {
    return new RepoFile(path, 1, "0".repeat(40), Optional.empty());
  }

  private static Set<String> of(List<String> patterns, String... paths) {
    List<RepoFile> files = Stream.of(paths).map(WantedFilesTest::file).toList();
    return WantedFiles.of(files, patterns).stream()
        .map(RepoFile::path)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatThePatternsNameAndNoOtherKind() {
    assertEquals(
        Set.of("model_index.json", "vae/config.json", "vae/model.safetensors"),
        of(
            PARTS,
            "model_index.json",
            "README.md",
            "flux1-schnell.safetensors",
            "ae.safetensors",
            "vae/config.json",
            "vae/model.safetensors",
            "vae/pytorch_model.bin",
            "vae/pytorch_model.bin.index.json",
            "vae/model.onnx",
            "vae/x.gguf",
            "vae/deep/config.json",
            "safety_checker/model.safetensors"));
  }

  @Test
  void shardsOfDiffusersWinOverOneFile() {
    assertEquals(
        Set.of(
            "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
            "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
            "transformer/diffusion_pytorch_model.safetensors.index.json"),
        of(
            PARTS,
            "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
            "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
            "transformer/diffusion_pytorch_model.safetensors.index.json",
            "transformer/diffusion_pytorch_model.safetensors",
            "transformer/diffusion_pytorch_model.fp16.safetensors",
            "transformer/diffusion_pytorch_model.fp16-00001-of-00002.safetensors",
            "transformer/diffusion_pytorch_model.safetensors.index.fp16.json"));
  }

  @Test
  void oneFileOfTransformersWinsOverShards() {
    assertEquals(
        Set.of("config.json", "model.safetensors"),
        of(
            List.of("*.json", "*.safetensors"),
            "config.json",
            "model.safetensors",
            "model-00001-of-00001.safetensors",
            "model.safetensors.index.json",
            "consolidated.safetensors",
            "consolidated-00001-of-00002.safetensors"));
  }

  @Test
  void shardsWithoutAnIndexAreNoForm() {
    assertEquals(
        Set.of("vae/model.bf16.safetensors"),
        of(PARTS, "vae/model-00001-of-00002.safetensors", "vae/model.bf16.safetensors"));
  }

  @Test
  void whereOnlyVariantsAreOneIsTaken() {
    assertEquals(
        Set.of("vae/model.bf16.safetensors"),
        of(PARTS, "vae/model.bf16.safetensors", "vae/model.fp16.safetensors"));
    assertEquals(
        Set.of(
            "vae/model-00001-of-00002.fp16.safetensors", "vae/model.safetensors.index.fp16.json"),
        of(
            PARTS,
            "vae/model-00001-of-00002.fp16.safetensors",
            "vae/model.safetensors.index.fp16.json",
            "vae/model.non_ema.safetensors"));
  }

  @Test
  void weightsWithNamesOfTheirOwnStay() {
    assertEquals(
        Set.of("a/b/mine.safetensors", "mine.json"),
        of(List.of("**.{json,safetensors}"), "a/b/mine.safetensors", "mine.json", "x.png"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../x.json",
        "a/../../x.json",
        "a/..",
        "a\\b.json",
        "C:/x.json",
        "c:x",
        "a//b.json",
        "",
        "a/",
        "a/./b",
        "a\nb",
        " /x"
      })
  void pathsThatLeadOutAreRefused(String path) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> file(path));
    assertTrue(e.getMessage().contains("not a path inside a repository"), e::getMessage);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MAX_VALUE})
  void sizesAreBounded(long size) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new RepoFile("a", size, "0".repeat(40), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../x", "zz"})
  void sumsAreSums(String sum) {
    assertThrows(IllegalArgumentException.class, () -> new RepoFile("a", 1, sum, Optional.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RepoFile("a", 1, "0".repeat(40), Optional.of(sum)));
  }
}
