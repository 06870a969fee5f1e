package dev.towpath.pgwire.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a message holds, read from its front. Whatever is missing or left over is an error. */
public final class Payload {
  private final byte[] bytes;
  private int at;

  public Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  public int remaining() {
    return bytes.length - at;
  }

  public int int8() {
    require(1);
    return bytes[at++] & 0xff;
  }

  public int int16() {
    require(2);
    return (short) (int8() << 8 | int8());
  }

  public int int32() {
    require(4);
    return int8() << 24 | int8() << 16 | int8() << 8 | int8();
  }

  public long int64() {
    require(8);
    return ((long) int32() << 32) | (int32() & 0xffff_ffffL);
  }

  /** A number of things that follow, each of which takes at least some bytes. */
  public int count(int eachAtLeast) {
    int count = int16() & 0xffff;
    require((long) count * eachAtLeast);
    return count;
  }

  public byte[] bytes(int length) {
    if (length < 0) {
      throw PgError.protocol("a length is negative");
    }
    require(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** Text up to the next zero byte. */
  public String text() {
    int end = at;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    if (end == bytes.length) {
      throw PgError.protocol("a text in the message does not end");
    }
    String text = utf8(bytes, at, end - at);
    at = end + 1;
    return text;
  }

  /** Says that nothing may be left. */
  public void end() {
    if (at != bytes.length) {
      throw PgError.protocol("the message is longer than what it holds");
    }
  }

  /** Text that must be UTF-8. */
  public static String utf8(byte[] bytes) {
    return utf8(bytes, 0, bytes.length);
  }

  private static String utf8(byte[] bytes, int from, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw PgError.of(
              SqlState.CHARACTER_NOT_IN_REPERTOIRE,
              "invalid byte sequence for encoding \"UTF8\"",
              "set client_encoding to UTF8 and send that")
          .because(e);
    }
  }

  private void require(long count) {
    if (count > bytes.length - at) {
      throw PgError.protocol("the message is shorter than what it should hold");
    }
  }
}
