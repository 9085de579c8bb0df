package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.JsonNode;

/** A red mark on a composition; places and lengths are fractions of the picture's sides, 0 to 1. */
public sealed interface Annotation {
  /**
   * An arrow from one place to another.
   *
   * @param fromX where it starts across
   * @param fromY where it starts down
   * @param toX where its head is across
   * @param toY where its head is down
   */
  record Arrow(double fromX, double fromY, double toX, double toY) implements Annotation {
    /** Checks the ranges, and that it has a length. */
    public Arrow {
      Fraction.require("an arrow's x", fromX);
      Fraction.require("an arrow's y", fromY);
      Fraction.require("an arrow's x", toX);
      Fraction.require("an arrow's y", toY);
      if (fromX == toX && fromY == toY) {
        throw new IllegalArgumentException("an arrow needs two different ends");
      }
    }
  }

  /**
   * A frame around part of the picture, its sides along the picture's.
   *
   * @param x its left edge
   * @param y its upper edge
   * @param width its width
   * @param height its height
   */
  record Box(double x, double y, double width, double height) implements Annotation {
    /** Checks that it lies inside the picture. */
    public Box {
      Fraction.require("a box's x", x);
      Fraction.require("a box's y", y);
      Fraction.require("a box's right edge", x + width);
      Fraction.require("a box's lower edge", y + height);
      if (!(width > 0 && height > 0)) {
        throw new IllegalArgumentException("a box needs a width and a height above 0");
      }
    }
  }

  /**
   * A text written into the picture, around its middle.
   *
   * @param text what is written
   * @param x where its middle is across
   * @param y where its middle is down
   */
  record Label(String text, double x, double y) implements Annotation {
    /** Checks the ranges. */
    public Label {
      Fraction.require("a text's x", x);
      Fraction.require("a text's y", y);
      if (text.isBlank()) {
        throw new IllegalArgumentException("a text without letters");
      }
    }
  }

  /** Reads one annotation of a composition's file. */
  static Annotation of(JsonNode node) {
    AnnotationForm.require(node);
    if (node.has("arrow")) {
      double[] n = numbers(node, "arrow", 4);
      return new Arrow(n[0], n[1], n[2], n[3]);
    }
    if (node.has("box")) {
      double[] n = numbers(node, "box", 4);
      return new Box(n[0], n[1], n[2], n[3]);
    }
    if (node.path("text").isTextual()) {
      double[] n = numbers(node, "at", 2);
      return new Label(node.get("text").asText(), n[0], n[1]);
    }
    throw new IllegalArgumentException("'text' must be a text: " + AnnotationForm.shown(node));
  }

  private static double[] numbers(JsonNode node, String field, int count) {
    JsonNode list = node.path(field);
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      if (list.size() != count || !list.path(i).isNumber()) {
        throw new IllegalArgumentException(
            "'" + field + "' needs " + count + " numbers: " + AnnotationForm.shown(node));
      }
      numbers[i] = list.get(i).asDouble();
    }
    return numbers;
  }
}
