package dev.dualprocess.vqa;

/**
 * Holds the place of one of an image's tokens in a prompt.
 *
 * @param id as a number
 * @param text as it is written
 */
public record ImageToken(long id, String text) {}
