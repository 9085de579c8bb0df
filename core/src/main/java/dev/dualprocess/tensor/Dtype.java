package dev.dualprocess.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The element types that appear in checkpoints, with their names in safetensors and on the command
 * line.
 */
public enum Dtype {
  /** 32-bit floating point. */
  FLOAT32(ScalarType.Float, "F32", "fp32", 4),
  /** Brain floating point: 8 bits of exponent, 7 of fraction. */
  BFLOAT16(ScalarType.BFloat16, "BF16", "bf16", 2),
  /** IEEE half precision. */
  FLOAT16(ScalarType.Half, "F16", "fp16", 2),
  /** 64-bit floating point. */
  FLOAT64(ScalarType.Double, "F64", "fp64", 8),
  /** 8-bit floating point, 4 of exponent and 3 of fraction: finite up to 448. Stored only. */
  FLOAT8_E4M3(ScalarType.Float8_e4m3fn, "F8_E4M3", "fp8", 1),
  /** 8-bit floating point, 5 of exponent and 2 of fraction. Stored only. */
  FLOAT8_E5M2(ScalarType.Float8_e5m2, "F8_E5M2", "fp8-e5m2", 1),
  /** 64-bit integer. */
  INT64(ScalarType.Long, "I64", "int64", 8),
  /** 32-bit integer. */
  INT32(ScalarType.Int, "I32", "int32", 4),
  /** Signed byte. */
  INT8(ScalarType.Char, "I8", "int8", 1),
  /** Unsigned byte. */
  UINT8(ScalarType.Byte, "U8", "uint8", 1),
  /** One byte per truth value. */
  BOOL(ScalarType.Bool, "BOOL", "bool", 1);

  private final ScalarType scalarType;
  private final String safetensorsName;
  private final String shortName;
  private final int bytes;

  Dtype(ScalarType scalarType, String safetensorsName, String shortName, int bytes) {
    this.scalarType = scalarType;
    this.safetensorsName = safetensorsName;
    this.shortName = shortName;
    this.bytes = bytes;
  }

  /** The type as libtorch names it. */
  public ScalarType scalarType() {
    return scalarType;
  }

  /** The name in a safetensors header, such as {@code BF16}. */
  public String safetensorsName() {
    return safetensorsName;
  }

  /** The name on the command line, such as {@code bf16}. */
  public String shortName() {
    return shortName;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** Whether this is a floating point type. */
  public boolean isFloatingPoint() {
    return this == FLOAT32 || this == BFLOAT16 || this == FLOAT16 || this == FLOAT64 || isFloat8();
  }

  /** Whether this is a floating point type that is stored, but not computed in. */
  public boolean isFloat8() {
    return this == FLOAT8_E4M3 || this == FLOAT8_E5M2;
  }

  /** The type with that safetensors name, if it is one this library reads. */
  public static Optional<Dtype> fromSafetensors(String name) {
    return Arrays.stream(values()).filter(d -> d.safetensorsName.equals(name)).findFirst();
  }

  /**
   * The floating point type with that short name ({@code fp32}, {@code bf16}, {@code fp16}).
   *
   * @throws IllegalArgumentException for any other name
   */
  public static Dtype parse(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(
            d -> d.isFloatingPoint() && d.bytes < 8 && d.bytes > 1 && d.shortName.equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown dtype '" + name + "': use fp32, bf16 or fp16"));
  }

  /** The type of {@code tensor}. */
  public static Dtype of(Tensor tensor) {
    ScalarType type = tensor.scalar_type().intern();
    return Arrays.stream(values())
        .filter(d -> d.scalarType == type)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unsupported tensor type " + type));
  }
}
