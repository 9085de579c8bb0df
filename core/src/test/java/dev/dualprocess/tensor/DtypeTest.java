package dev.dualprocess.tensor;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Element types and their three names. */
class DtypeTest {
  @ParameterizedTest
  @CsvSource({"fp32, FLOAT32", "bf16, BFLOAT16", "fp16, FLOAT16", "BF16, BFLOAT16"})
  void peopleNameFloatingPointTypes(String name, Dtype dtype) {
    assertEquals(dtype, Dtype.parse(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "float", "fp64", "fp8", "int64", "int8", "bf16 "})
  void anyOtherNameIsRefused(String name) {
    assertRefused(
        IllegalArgumentException.class,
        () -> Dtype.parse(name),
        "'" + name + "'",
        "fp32, bf16 or fp16");
  }

  @ParameterizedTest
  @CsvSource({
    "F32, FLOAT32, 4", "BF16, BFLOAT16, 2", "F16, FLOAT16, 2", "F64, FLOAT64, 8",
    "I64, INT64, 8", "I32, INT32, 4", "U8, UINT8, 1", "BOOL, BOOL, 1",
    "I8, INT8, 1", "F8_E4M3, FLOAT8_E4M3, 1", "F8_E5M2, FLOAT8_E5M2, 1",
  })
  void filesNameThemTheirOwnWay(String name, Dtype dtype, int bytes) {
    assertEquals(Optional.of(dtype), Dtype.fromSafetensors(name));
    assertEquals(bytes, dtype.bytes());
  }

  @Test
  void aFileMayHoldTypesWeDoNotRead() {
    assertTrue(Dtype.fromSafetensors("F8_E8M0").isEmpty());
    assertTrue(Dtype.fromSafetensors("f32").isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void aTensorsTypeIsFoundAndItsBytesAreTorchs(Dtype dtype) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = torch.empty(new long[] {1}, new TensorOptions(dtype.scalarType()), null);
      assertEquals(dtype, Dtype.of(tensor));
      assertEquals(tensor.element_size(), dtype.bytes());
      assertEquals(tensor.is_floating_point(), dtype.isFloatingPoint());
    }
  }
}
