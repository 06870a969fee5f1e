package dev.towpath.task.objects;

import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Part of a bucket's list, as {@code ListObjectsV2} answers.
 *
 * @param next what the next part is asked for with; empty after the last one
 */
record Page(List<Found> objects, Optional<String> next) {
  Page {
    objects = List.copyOf(objects);
  }

  /**
   * An object.
   *
   * @param changed in whole seconds, as stores have it
   */
  record Found(String key, Instant changed) {}

  /**
   * Reads one.
   *
   * @throws XMLStreamException when it is none
   */
  static Page read(byte[] xml) throws XMLStreamException {
    XMLStreamReader in = reader(xml);
    try {
      return new Reading(in).page();
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new XMLStreamException("a key or a time cannot be read", e);
    } finally {
      in.close();
    }
  }

  /**
   * The text of an element that a document has below its root.
   *
   * @return empty also when it is no document
   */
  static Optional<String> text(byte[] xml, String element) {
    try {
      XMLStreamReader in = reader(xml);
      while (in.hasNext()) {
        if (in.next() == XMLStreamConstants.START_ELEMENT && in.getLocalName().equals(element)) {
          return Optional.of(in.getElementText().strip());
        }
      }
    } catch (XMLStreamException _) {
      // servers say what they like when something is wrong
    }
    return Optional.empty();
  }

  /** A document comes from elsewhere: nothing in it makes us read something else. */
  private static XMLStreamReader reader(byte[] xml) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory.createXMLStreamReader(new ByteArrayInputStream(xml));
  }

  /** One pass through a document. */
  private static final class Reading {
    private final XMLStreamReader in;
    private final List<Found> objects = new ArrayList<>();
    private String key = "";
    private Instant changed = Instant.EPOCH;
    private String next = "";
    private boolean more;
    private boolean encoded;

    Reading(XMLStreamReader in) {
      this.in = in;
    }

    Page page() throws XMLStreamException {
      in.nextTag();
      in.require(XMLStreamConstants.START_ELEMENT, null, "ListBucketResult");
      int depth = 1;
      while (depth > 0) {
        switch (in.next()) {
          case XMLStreamConstants.START_ELEMENT -> depth += begin() ? 1 : 0;
          case XMLStreamConstants.END_ELEMENT -> {
            depth--;
            if (in.getLocalName().equals("Contents")) {
              objects.add(new Found(key, changed));
            }
          }
          default -> {
            // spaces between elements
          }
        }
      }
      // how keys are written may stand behind them
      return new Page(
          encoded ? objects.stream().map(Reading::decoded).toList() : objects,
          more && !next.isEmpty() ? Optional.of(next) : Optional.empty());
    }

    /** Whether the element is still open: it is none whose text was read. */
    private boolean begin() throws XMLStreamException {
      switch (in.getLocalName()) {
        case "Key" -> key = in.getElementText();
        case "LastModified" -> changed = Instant.parse(in.getElementText().strip());
        case "IsTruncated" -> more = in.getElementText().strip().equals("true");
        case "NextContinuationToken" -> next = in.getElementText();
        case "EncodingType" -> encoded = in.getElementText().strip().equals("url");
        default -> {
          return true;
        }
      }
      return false;
    }

    private static Found decoded(Found found) {
      return new Found(URLDecoder.decode(found.key(), StandardCharsets.UTF_8), found.changed());
    }
  }
}
