package dev.towpath.server;

import dev.towpath.spi.TowpathException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * What a server needs to speak TLS.
 *
 * @param context with its certificate and key
 * @param names that the certificate is for, without wildcards
 */
public record Tls(SSLContext context, List<String> names) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");
  private static final int DNS = 2;
  private static final int IP = 7;

  public Tls {
    names = List.copyOf(names);
  }

  /**
   * Reads PEM files.
   *
   * @param chain the server's certificate first, then those that lead to a root
   * @param key of PKCS#8, PKCS#1 or SEC 1, without a password
   * @throws TowpathException when they cannot be read, do not belong together or are not of now
   */
  public static Tls read(Path chain, Path key, Instant now) {
    List<X509Certificate> certificates = certificates(chain);
    X509Certificate own = certificates.getFirst();
    PrivateKey secret = key(key);
    requireNow(own, chain, now);
    try {
      if (!fit(secret, own.getPublicKey())) {
        throw new TowpathException(
            key + " is not the key of the certificate in " + chain,
            "the server's own certificate comes first in the file");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", secret, new char[0], certificates.toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, new SecureRandom());
      return new Tls(context, names(own));
    } catch (GeneralSecurityException | IOException e) {
      throw new TowpathException("the certificate in " + chain + " cannot be used", null, e);
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> found = new ArrayList<>();
    try {
      for (Certificate one :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes(file)))) {
        found.add((X509Certificate) one);
      }
    } catch (GeneralSecurityException e) {
      throw new TowpathException(file + " holds no certificate", "it must be a PEM file", e);
    }
    if (found.isEmpty()) {
      throw new TowpathException(file + " holds no certificate", "it must be a PEM file");
    }
    return found;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TowpathException(
          file + " cannot be read", Files.exists(file) ? "look at its mode" : "it is not there", e);
    }
  }

  private static void requireNow(X509Certificate own, Path file, Instant now) {
    try {
      own.checkValidity(Date.from(now));
    } catch (CertificateExpiredException e) {
      throw new TowpathException(
          "the certificate in " + file + " ended at " + own.getNotAfter().toInstant(),
          "get a new one",
          e);
    } catch (CertificateNotYetValidException e) {
      throw new TowpathException(
          "the certificate in " + file + " begins at " + own.getNotBefore().toInstant(),
          "is the machine's clock right?",
          e);
    }
  }

  private static PrivateKey key(Path file) {
    String text = new String(bytes(file), StandardCharsets.ISO_8859_1);
    Matcher block = BLOCK.matcher(text);
    if (!block.find()) {
      throw new TowpathException(file + " holds no private key", "it must be a PEM file");
    }
    String kind = block.group(1);
    String body = block.group(2);
    if (kind.startsWith("ENCRYPTED") || body.contains("ENCRYPTED")) {
      throw new TowpathException(
          "the key in " + file + " is locked with a password",
          "write one without: openssl pkey -in KEY -out NEW, readable for this user only");
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(body);
      PrivateKeyInfo info = info(kind, bytes);
      PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(info.getEncoded());
      return KeyFactory.getInstance(algorithm(info)).generatePrivate(spec);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new TowpathException(
          "the key in " + file + " cannot be read", "RSA, EC and Ed25519 keys are known", e);
    }
  }

  private static PrivateKeyInfo info(String kind, byte[] bytes) throws IOException {
    ASN1Primitive key = ASN1Primitive.fromByteArray(bytes);
    return switch (kind) {
      case "RSA PRIVATE KEY" ->
          new PrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
      case "EC PRIVATE KEY" -> {
        ASN1Encodable curve = ECPrivateKey.getInstance(key).getParametersObject();
        yield new PrivateKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key);
      }
      default -> PrivateKeyInfo.getInstance(key);
    };
  }

  private static String algorithm(PrivateKeyInfo info) {
    var id = info.getPrivateKeyAlgorithm().getAlgorithm();
    return id.equals(PKCSObjectIdentifiers.rsaEncryption)
        ? "RSA"
        : id.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : "EdDSA";
  }

  /** Whether what the one signs, the other verifies. */
  private static boolean fit(PrivateKey key, PublicKey other) throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    boolean alike =
        key.getAlgorithm().equals("EdDSA")
            ? !List.of("RSA", "EC").contains(other.getAlgorithm())
            : key.getAlgorithm().equals(other.getAlgorithm());
    if (!alike) {
      return false;
    }
    byte[] text = "towpath".getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(other);
    signature.update(text);
    return signature.verify(signed);
  }

  private static List<String> names(X509Certificate own) throws GeneralSecurityException {
    List<String> names = new ArrayList<>();
    Collection<List<?>> alternatives = own.getSubjectAlternativeNames();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        boolean known = alternative.getFirst().equals(DNS) || alternative.getFirst().equals(IP);
        if (known && alternative.get(1) instanceof String name && !name.contains("*")) {
          names.add(name);
        }
      }
    }
    return names;
  }
}
