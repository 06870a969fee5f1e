package dev.towpath.spi;

import java.util.Map;
import java.util.Optional;

/** One way to tell people: {@code webhook}, {@code slack}, {@code email}. Thread-safe. */
public interface Notifier {

  /** The key under {@code notify:}. */
  String type();

  /**
   * Sends a message once; it is sent again after a failure, and sometimes though it had arrived.
   *
   * @throws TowpathException in plain words, without the address when that is a secret
   */
  void send(Receiver receiver, Message message);

  /**
   * Who is told.
   *
   * @param address a URL, or an e-mail address
   * @param secret signs what is sent, where the way has signatures
   */
  record Receiver(String address, Optional<String> secret) {
    /** Shows nothing: a URL may be all that keeps others from writing there. */
    @Override
    public String toString() {
      return "Receiver";
    }
  }

  /**
   * What people are told.
   *
   * @param id the same when it is sent again
   * @param subject one line
   * @param text some lines for people
   * @param facts the same for programs, by name: {@code event}, {@code flow}, {@code run}
   */
  record Message(String id, String subject, String text, Map<String, String> facts) {
    public Message {
      facts = Map.copyOf(facts);
    }
  }
}
