package io.unicorn.sample.soak;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.ProblemLog;

/**
 * Describes the clients of a soak: their kinds, their rate and their requests.
 *
 * @param kinds the kinds of clients
 * @param rate requests a second of all small requests together
 * @param checked whether the server works on what it gets, so that its answers can be
 * checked byte for byte; otherwise only downloads are
 */
record Mix(Set<Kind> kinds, int rate, boolean checked) {

	static final int MEGABYTE = 1_000_000;

	private static final int SMALL = 3_500;

	static final int MEDIUM = 30_000;

	private static final Duration BIG_INTERVAL = Duration.ofSeconds(1);

	private static final Duration SLOW_INTERVAL = Duration.ofSeconds(2);

	static Mix all(int rate) {
		return new Mix(EnumSet.allOf(Kind.class), rate, true);
	}

	/**
	 * Return a mix without pipelining and HTTP/2, which few servers support well.
	 */
	Mix withOneRequestAtATime() {
		Set<Kind> others = EnumSet.copyOf(this.kinds);
		others.remove(Kind.PIPELINED_PAIRS);
		others.remove(Kind.HTTP2);
		return new Mix(others, this.rate, this.checked);
	}

	Mix unchecked() {
		return new Mix(this.kinds, this.rate, false);
	}

	List<Client> clients(Dialer dialer, Progress progress, ProblemLog problems) {
		List<Client> clients = new ArrayList<>();
		for (Kind kind : this.kinds) {
			List<LoadRequest> requests = requests(kind);
			Duration interval = interval(kind);
			for (int i = 0; i < count(kind); i++) {
				Client.Pace pace = new Client.Pace(interval.multipliedBy(i).dividedBy(count(kind)), interval);
				clients.add(new Client(kind, i, dialer, requests, pace, progress, problems));
			}
		}
		return clients;
	}

	static int count(Kind kind) {
		return switch (kind) {
			case KEEP_ALIVE -> 16;
			case CONNECTION_PER_REQUEST -> 8;
			case PIPELINED_PAIRS, HTTP2 -> 4;
			case UPLOAD, DOWNLOAD, SLOW_READER -> 2;
		};
	}

	/** All clients send the same number of small requests, whatever their kind. */
	private Duration interval(Kind kind) {
		int small = this.kinds.stream().filter(Kind::isQuick).mapToInt(Mix::count).sum();
		Duration interval = Duration.ofSeconds(small).dividedBy(this.rate);
		return switch (kind) {
			case KEEP_ALIVE, CONNECTION_PER_REQUEST -> interval;
			case PIPELINED_PAIRS, HTTP2 -> interval.multipliedBy(2);
			case UPLOAD, DOWNLOAD -> BIG_INTERVAL;
			case SLOW_READER -> SLOW_INTERVAL;
		};
	}

	private List<LoadRequest> requests(Kind kind) {
		LoadRequest whoami = LoadRequest.get("/whoami")
			.expecting((response) -> response.text().contains("\"generation\":"));
		return switch (kind) {
			case KEEP_ALIVE, CONNECTION_PER_REQUEST -> List.of(whoami, echo(), download(MEDIUM));
			case PIPELINED_PAIRS, HTTP2 -> List.of(whoami, download(SMALL));
			case UPLOAD -> List.of(upload());
			case DOWNLOAD, SLOW_READER -> List.of(download(MEGABYTE));
		};
	}

	private LoadRequest echo() {
		byte[] body = alphabet(SMALL);
		return this.checked ? LoadRequest.echo(body) : LoadRequest.post("/echo", body);
	}

	private LoadRequest upload() {
		byte[] body = alphabet(MEGABYTE);
		CRC32 checksum = new CRC32();
		checksum.update(body);
		byte[] received = "%d bytes, crc32 %08x\n".formatted(body.length, checksum.getValue())
			.getBytes(StandardCharsets.US_ASCII);
		LoadRequest upload = LoadRequest.post("/upload", body);
		return this.checked ? upload.expecting((response) -> Arrays.equals(response.body(), received)) : upload;
	}

	private static LoadRequest download(int bytes) {
		byte[] expected = alphabet(bytes);
		return LoadRequest.get("/bytes?n=" + bytes).expecting((response) -> Arrays.equals(response.body(), expected));
	}

	/** What {@code /bytes} sends. */
	static byte[] alphabet(int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) ('a' + i % 26);
		}
		return bytes;
	}

}
