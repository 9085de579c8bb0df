package dev.dualprocess.weights;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.tensor.Dtype;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Forms of quantized weights that are not read, and how they are known. */
final class QuantizedFormat {
  /** The format of llama.cpp, which has files of its own. */
  static final String GGUF = "GGUF";

  /** What a tensor is called that only such a checkpoint has; the first that is found counts. */
  private static final ImmutableMap<String, Pattern> BY_NAME =
      ImmutableMap.<String, Pattern>builder()
          .put("bitsandbytes nf4", ends("quant_state\\.bitsandbytes__nf4"))
          .put("bitsandbytes fp4", ends("quant_state\\.bitsandbytes__fp4"))
          .put("bitsandbytes int8", ends("SCB"))
          .put("SVDQuant of nunchaku", ends("wscales"))
          .put("GPTQ", ends("g_idx"))
          .put("AWQ", ends("qzeros"))
          .put("packed integers", ends("qweight"))
          .put("compressed-tensors", ends("weight_packed"))
          .put("NVFP4", ends("weight_scale_2"))
          .put("torchao", Pattern.compile(".*[:._](qdata|tensor_impl|int_data)"))
          .put("quanto", ends("weight\\._data"))
          .buildOrThrow();

  private QuantizedFormat() {}

  private static Pattern ends(String ending) {
    return Pattern.compile("(.*\\.)?" + ending);
  }

  /** The format of a checkpoint with tensors of those names. */
  static Optional<String> named(Collection<String> names) {
    return BY_NAME.entrySet().stream()
        .filter(format -> names.stream().anyMatch(n -> format.getValue().matcher(n).matches()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The format of a checkpoint with those tensors: by a name, or by a matrix of bytes. */
  static Optional<String> of(Map<String, TensorEntry> entries) {
    return named(entries.keySet())
        .or(
            () ->
                entries.values().stream()
                    .filter(QuantizedFormat::isMatrixOfBytes)
                    .map(entry -> entry.dtype().safetensorsName() + " matrices")
                    .findFirst());
  }

  private static boolean isMatrixOfBytes(TensorEntry entry) {
    boolean bytes = entry.dtype() == Dtype.UINT8 || entry.dtype() == Dtype.INT8;
    return bytes && entry.shape().size() > 1;
  }

  /** What to tell of a file in that format, in one line. */
  static String line(Path path, String format) {
    return path + ": " + advice(format);
  }

  /** The same without the file. */
  static String advice(String format) {
    return ("quantized weights (%s), which are not read: get the model in bf16, fp16 or fp8, and"
            + " give --weights int8 where it is too large")
        .formatted(format);
  }
}
