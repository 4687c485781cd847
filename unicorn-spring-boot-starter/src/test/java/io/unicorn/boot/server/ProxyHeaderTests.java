package io.unicorn.boot.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ProxyHeaderTests {

	private static final String NEXT = "GET / HTTP/1.1\r\n\r\n";

	private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

	/** From 192.0.2.1, port 56324, to 198.51.100.9, port 443. */
	private static final String TCP4 = SIGNATURE + "2111000c" + "c0000201" + "c6336409" + "dc0401bb";

	private static final String TCP6 = SIGNATURE + "21210024" + "20010db8000000000000000000000001"
			+ "20010db8000000000000000000000009" + "dc0401bb";

	/** What arrived, in pieces; never ends by itself. */
	private static final class Pieces implements ReadableByteChannel {

		private final ByteBuffer bytes;

		private final int piece;

		private boolean ended;

		Pieces(byte[] bytes, int piece) {
			this.bytes = ByteBuffer.wrap(bytes);
			this.piece = piece;
		}

		@Override
		public int read(ByteBuffer target) {
			int count = Math.min(Math.min(target.remaining(), this.piece), this.bytes.remaining());
			assertThat(target.hasRemaining()).as("room").isTrue();
			for (int i = 0; i < count; i++) {
				target.put(this.bytes.get());
			}
			return (count == 0 && this.ended) ? -1 : count;
		}

		@Override
		public boolean isOpen() {
			return true;
		}

		@Override
		public void close() {
		}

	}

	/** What becomes of a connection, and how many of its bytes were read. */
	private record Outcome(String kind, @Nullable ProxyAddresses addresses, int read) {

		static Outcome of(ProxyProtocol versions, byte[] bytes, int piece) {
			Pieces pieces = new Pieces(bytes, piece);
			ProxyHeader header = new ProxyHeader(versions);
			try {
				if (!header.readFrom(pieces)) {
					return new Outcome("incomplete", null, pieces.bytes.position());
				}
				ProxyAddresses addresses = header.addresses();
				return new Outcome("complete", addresses, pieces.bytes.position());
			}
			catch (ProxyHeaderException ex) {
				return new Outcome("refused", null, 0);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] hex(String hex) {
		return HexFormat.of().parseHex(hex);
	}

	private static byte[] both(byte[] one, byte[] other) {
		byte[] all = Arrays.copyOf(one, one.length + other.length);
		System.arraycopy(other, 0, all, one.length, other.length);
		return all;
	}

	private static ProxyAddresses addresses(String client, int port, String server, int serverPort) throws IOException {
		return new ProxyAddresses(new InetSocketAddress(InetAddress.getByName(client), port),
				new InetSocketAddress(InetAddress.getByName(server), serverPort));
	}

	/** Check that exactly the header is read, in pieces of each size. */
	private static void assertRead(byte[] header, @Nullable ProxyAddresses expected) {
		for (ProxyProtocol versions : List.of(ProxyProtocol.AUTO,
				(header[0] == 'P') ? ProxyProtocol.V1 : ProxyProtocol.V2)) {
			for (int piece = 1; piece <= header.length + NEXT.length(); piece++) {
				assertThat(Outcome.of(versions, both(header, text(NEXT)), piece)).as("in pieces of %d", piece)
					.isEqualTo(new Outcome("complete", expected, header.length));
			}
			for (int length = 0; length < header.length; length++) {
				assertThat(Outcome.of(versions, Arrays.copyOf(header, length), 1))
					.isEqualTo(new Outcome("incomplete", null, length));
			}
		}
	}

	@Test
	void version1() throws IOException {
		assertRead(text("PROXY TCP4 192.0.2.1 198.51.100.9 56324 443\r\n"),
				addresses("192.0.2.1", 56324, "198.51.100.9", 443));
		assertRead(text("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n"), addresses("0.0.0.0", 0, "0.0.0.0", 0));
		assertRead(text("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
				addresses("255.255.255.255", 65535, "255.255.255.255", 65535));
		assertRead(text("PROXY TCP6 2001:db8::1 2001:DB8::9 56324 443\r\n"),
				addresses("2001:db8::1", 56324, "2001:db8::9", 443));
		assertRead(text("PROXY TCP6 :: :: 0 0\r\n"), addresses("::", 0, "::", 0));
		String longest = "ffff:".repeat(7) + "ffff";
		assertRead(text("PROXY TCP6 " + longest + " " + longest + " 65535 65535\r\n"),
				addresses(longest, 65535, longest, 65535));
		assertRead(text("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n"), addresses("192.0.2.1", 1, "::1", 2));
	}

	@Test
	void version1OfAnUnknownClient() {
		assertRead(text("PROXY UNKNOWN\r\n"), null);
		assertRead(text("PROXY UNKNOWN anything at all\r\n"), null);
		String longest = "ffff:".repeat(7) + "ffff";
		assertRead(text("PROXY UNKNOWN " + longest + " " + longest + " 65535 65535\r\n"), null);
	}

	@Test
	void version2() throws IOException {
		assertRead(hex(TCP4), addresses("192.0.2.1", 56324, "198.51.100.9", 443));
		assertRead(hex(TCP6), addresses("2001:db8::1", 56324, "2001:db8::9", 443));
	}

	@Test
	void extensionsOfVersion2AreSkipped() throws IOException {
		ProxyAddresses expected = addresses("192.0.2.1", 56324, "198.51.100.9", 443);
		assertRead(hex(TCP4.replace("2111000c", "21110013") + "04000400000000"), expected);
		byte[] many = both(hex(TCP4.replace("2111000c", "21110ff0")), new byte[4096 - 28]);
		assertThat(Outcome.of(ProxyProtocol.AUTO, both(many, text(NEXT)), 100_000))
			.isEqualTo(new Outcome("complete", expected, 4096));
	}

	@ParameterizedTest
	@ValueSource(strings = { "20000000", "2011000c" + "c0000201c6336409dc0401bb", "20ff0003" + "010203", "21000000",
			"21000005" + "0102030405", "2112000c" + "c0000201c6336409dc0401bb",
			"2110000c" + "c0000201c6336409dc0401bb" })
	void version2WithoutAddressesOfTcp(String rest) {
		assertRead(hex(SIGNATURE + rest), null);
	}

	@Test
	void version2OfAUnixSocket() {
		assertRead(both(hex(SIGNATURE + "213100d8"), new byte[216]), null);
	}

	static Stream<byte[]> malformed() {
		List<byte[]> all = new ArrayList<>();
		for (String each : List.of(NEXT, "X", "PX", "PROXZ", "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
				"PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
				"PROXY UNKNOWNS\r\n", "PROXY UNKNOWN\n", "PROXY UNKNOWN \n\r\n",
				"PROXY TCP4\r\n............................", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
				"PROXY TCP4 192.0.2.1 192.0.2.2 10000 22\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
				"PROXY TCP4 192.0.2.1 192.0.2.2  1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
				"PROXY TCP4 192.0.2.1 192.0.2.2 -1 20000\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 01 20000\r\n",
				"PROXY TCP4 192.0.2.1 192.0.2.2 1 999999\r\n", "PROXY TCP4 192.0.2.256 192.0.2.2 1 20000\r\n",
				"PROXY TCP4 192.0.2 192.0.2.2 10000 20000\r\n", "PROXY TCP4 192.0.2.01 192.0.2.2 1 20000\r\n",
				"PROXY TCP4 3221225985 192.0.2.2 1 20000\r\n", "PROXY TCP4 localhost 192.0.2.2 1 2000000\r\n",
				"PROXY TCP4 2001:db8::1 2001:db8::9 1 2\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
				"PROXY TCP6 2001:db8::1::2 2001:db8::9 1 2\r\n", "PROXY TCP6 [2001:db8::1] ::1 1 2\r\n",
				"PROXY TCP6 fe80::1%1 ::1 1 20000\r\n", "PROXY TCP6 :::::: ::1 1 20000\r\n",
				"PROXY UNKNOWN " + "x".repeat(92) + "\r\n")) {
			all.add(text(each));
		}
		for (String each : List.of("0d0a0d0a000d0a515549540b", "0d0a0d0b", SIGNATURE + "11110000",
				SIGNATURE + "31000000", SIGNATURE + "22000000", SIGNATURE + "2f000000", SIGNATURE + "2111000b",
				SIGNATURE + "21210023", SIGNATURE + "213100d7", SIGNATURE + "21410100", SIGNATURE + "21130010",
				SIGNATURE + "21110ff1", SIGNATURE + "2000ffff")) {
			all.add(hex(each));
		}
		return all.stream();
	}

	@ParameterizedTest
	@MethodSource
	void malformed(byte[] bytes) {
		for (int piece = 1; piece <= bytes.length; piece++) {
			assertThat(Outcome.of(ProxyProtocol.AUTO, bytes, piece).kind())
				.as(new String(bytes, StandardCharsets.ISO_8859_1))
				.isEqualTo("refused");
		}
	}

	@Test
	void theOtherVersionIsRefusedIfOneIsConfigured() {
		assertThat(Outcome.of(ProxyProtocol.V1, hex("0d"), 1).kind()).isEqualTo("refused");
		assertThat(Outcome.of(ProxyProtocol.V2, text("P"), 1).kind()).isEqualTo("refused");
	}

	@Test
	void aConnectionThatEndsWithinItsHeaderIsToldFromOneWithoutAnyByte() {
		Pieces ended = new Pieces(text("PROXY UNKN"), 100);
		ended.ended = true;
		assertThatExceptionOfType(ProxyHeaderException.class)
			.isThrownBy(() -> new ProxyHeader(ProxyProtocol.AUTO).readFrom(ended));
		Pieces empty = new Pieces(new byte[0], 100);
		empty.ended = true;
		assertThatExceptionOfType(EOFException.class)
			.isThrownBy(() -> new ProxyHeader(ProxyProtocol.AUTO).readFrom(empty));
	}

	@Test
	void randomAndMutatedBytesHaveOneOutcomeHoweverTheyArrive() {
		long seed = Long.getLong("unicorn.seed", System.nanoTime());
		Random random = new Random(seed);
		List<byte[]> headers = List.of(text("PROXY TCP4 192.0.2.1 198.51.100.9 56324 443\r\n"),
				text("PROXY TCP6 2001:db8::1 2001:db8::9 56324 443\r\n"), text("PROXY UNKNOWN x\r\n"), hex(TCP4),
				hex(TCP6), hex(SIGNATURE + "20000000"), new byte[0]);
		int complete = 0;
		for (int round = 0; round < 100_000; round++) {
			byte[] tail = new byte[random.nextInt(300)];
			random.nextBytes(tail);
			byte[] bytes = both(headers.get(random.nextInt(headers.size())), tail);
			for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
				bytes[random.nextInt(Math.min(bytes.length, 60))] = (byte) random.nextInt(256);
			}
			Outcome atOnce = Outcome.of(ProxyProtocol.AUTO, bytes, Integer.MAX_VALUE);
			Outcome oneByOne = Outcome.of(ProxyProtocol.AUTO, bytes, 1);
			assertThat(oneByOne).as("seed %d, round %d: %s", seed, round, HexFormat.of().formatHex(bytes))
				.isEqualTo(atOnce);
			complete += atOnce.kind().equals("complete") ? 1 : 0;
		}
		assertThat(complete).isBetween(10_000, 90_000);
	}

}
