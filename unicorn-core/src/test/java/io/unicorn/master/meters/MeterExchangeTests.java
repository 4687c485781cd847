package io.unicorn.master.meters;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.Message;
import io.unicorn.meters.Family;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.MeterFormat;
import io.unicorn.meters.Series;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A master that collects the meters of scripted workers.
 */
class MeterExchangeTests {

	private record Sent(long worker, Message.FromMaster message) {

	}

	private Instant now = Instant.parse("2026-11-30T10:00:00Z");

	private final List<Sent> sent = new ArrayList<>();

	private final List<String> warnings = new ArrayList<>();

	private final MeterExchange exchange = new MeterExchange(
			(worker, message) -> this.sent.add(new Sent(worker, message)), () -> this.now, this.warnings::add);

	MeterExchangeTests() {
		for (int worker = 1; worker <= 3; worker++) {
			this.exchange.spawned(worker, worker - 1);
			tell(worker, 0, worker);
		}
	}

	private static Blob part(double counted, double gauge) {
		return Blob.of(MeterFormat.encode(new MeterBatch(Map.of(),
				List.of(Series.of(new Series.Key("c", Family.Type.COUNTER, "", Series.POOL), counted),
						Series.of(new Series.Key("g", Family.Type.GAUGE, "", 0), gauge))))
			.get(0));
	}

	private void tell(long worker, int collection, double counted) {
		this.exchange.received(worker, new Message.Meters(0, collection, part(counted, counted)));
	}

	private void query(long worker, long query) {
		this.exchange.received(worker, new Message.MetersQuery(query, 0, 0));
	}

	private void advance(long millis) {
		this.now = this.now.plusMillis(millis);
		this.exchange.keepUp(this.now);
	}

	private List<Sent> take() {
		List<Sent> taken = List.copyOf(this.sent);
		this.sent.clear();
		return taken;
	}

	private static Sent ask(long worker, int collection) {
		return new Sent(worker, new Message.CollectMeters(collection));
	}

	private Message.MetersReply takeReply() {
		assertThat(this.sent).hasSize(1);
		return (Message.MetersReply) take().get(0).message();
	}

	private static List<String> series(Message.MetersReply reply) {
		return MeterFormat.decode(reply.part().toByteBuffer())
			.series()
			.stream()
			.map((series) -> series.key().family() + " " + series.key().slot() + " " + series.value())
			.toList();
	}

	@Test
	void theOtherWorkersAreAskedAndTheReplyHasWhatAllHaveCounted() {
		query(1, 77);
		assertThat(take()).containsExactlyInAnyOrder(ask(2, 1), ask(3, 1));
		tell(2, 1, 20);
		assertThat(take()).isEmpty();
		tell(3, 1, 30);
		Message.MetersReply reply = takeReply();
		assertThat(reply.query()).isEqualTo(77);
		assertThat(reply.missing()).isEmpty();
		assertThat(series(reply)).containsExactlyInAnyOrder("c -1 51.0", "g 0 1.0", "g 1 20.0", "g 2 30.0");
	}

	@Test
	void aWorkerThatDoesNotAnswerIsLeftOutAfterHalfASecond() {
		query(1, 77);
		tell(2, 1, 20);
		take();
		advance(MeterExchange.PATIENCE.toMillis() - 1);
		assertThat(take()).isEmpty();
		advance(1);
		Message.MetersReply reply = takeReply();
		assertThat(reply.missing()).containsExactly(2);
		assertThat(series(reply)).as("it has counted what it has told")
			.containsExactlyInAnyOrder("c -1 24.0", "g 0 1.0", "g 1 20.0");
	}

	@Test
	void ordersDoNotPileUpForAWorkerThatDoesNotRead() {
		query(1, 77);
		tell(2, 1, 20);
		advance(500);
		take();
		query(1, 78);
		assertThat(take()).as("3 has not answered the first one").containsExactly(ask(2, 2));
		tell(3, 1, 30);
		assertThat(take()).as("its answer is an old one").containsExactly(ask(3, 2));
		tell(2, 2, 21);
		tell(3, 2, 31);
		assertThat(series(takeReply())).contains("c -1 53.0");
	}

	@Test
	void aWorkerThatExitsIsNotAwaitedAndWhatItHasCountedStays() {
		query(1, 77);
		take();
		tell(2, 1, 20);
		this.exchange.exited(3);
		Message.MetersReply reply = takeReply();
		assertThat(reply.missing()).isEmpty();
		assertThat(series(reply)).containsExactlyInAnyOrder("c -1 24.0", "g 0 1.0", "g 1 20.0");
	}

	@Test
	void thoseWhoAskMeanwhileShareTheNextCollection() {
		query(1, 77);
		take();
		query(2, 5);
		query(3, 6);
		tell(2, 1, 20);
		tell(3, 1, 30);
		assertThat(take()).hasSize(1);
		assertThat(this.exchange.due()).isEqualTo(this.now.plus(MeterExchange.PAUSE));
		advance(MeterExchange.PAUSE.toMillis());
		assertThat(take()).containsExactly(ask(1, 2));
		tell(1, 2, 10);
		assertThat(take()).extracting(Sent::worker).containsExactly(2L, 3L);
	}

	@Test
	void anAskerThatExitsGetsNoReply() {
		query(1, 77);
		take();
		this.exchange.exited(1);
		tell(2, 1, 20);
		tell(3, 1, 30);
		assertThat(take()).isEmpty();
	}

	@Test
	void aLargeResultIsFetchedInPartsForSomeTime() {
		List<Series> many = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			many.add(Series.of(new Series.Key("c", Family.Type.COUNTER, "uri\0/a/long/path/" + i + "\0", Series.POOL),
					1));
		}
		MeterFormat.encode(new MeterBatch(Map.of(), many))
			.forEach((part) -> this.exchange.received(1, new Message.Meters(0, 0, Blob.of(part))));
		query(1, 77);
		tell(2, 1, 20);
		tell(3, 1, 30);
		List<Sent> first = take();
		Message.MetersReply reply = (Message.MetersReply) first.get(first.size() - 1).message();
		assertThat(reply.parts()).isGreaterThan(1);
		int found = series(reply).size();
		for (int part = 1; part < reply.parts(); part++) {
			this.exchange.received(1, new Message.MetersQuery(100 + part, reply.collection(), part));
			Message.MetersReply next = takeReply();
			assertThat(next.query()).isEqualTo(100 + part);
			found += series(next).size();
		}
		assertThat(found).isEqualTo(3000 + 4);
		this.exchange.received(1, new Message.MetersQuery(1, reply.collection(), reply.parts()));
		assertThat(takeReply().parts()).as("there is no such part").isZero();
		advance(MeterExchange.KEPT.toMillis());
		this.exchange.received(1, new Message.MetersQuery(2, reply.collection(), 1));
		assertThat(takeReply().parts()).as("it is forgotten").isZero();
		assertThat(this.exchange.due()).isEqualTo(Instant.MAX);
	}

	@Test
	void theLastReportIsNoted() {
		this.exchange.received(1, new Message.Meters(9, 0, Blob.EMPTY));
		assertThat(take()).containsExactly(new Sent(1, new Message.Noted(9)));
	}

	@Test
	void aMalformedPartIsLeftOutAndWarnedOfOnce() {
		this.exchange.received(2, new Message.Meters(0, 0, Blob.of(new byte[] { 1, 2, 3 })));
		this.exchange.received(2, new Message.Meters(0, 0, Blob.of(new byte[] { 99 })));
		assertThat(this.warnings).hasSize(1).first().asString().contains("slot 1");
	}

	@Test
	void anotherMasterGoesOn() {
		tell(1, 0, 5);
		this.exchange.exited(1);
		MeterExchange other = new MeterExchange((worker, message) -> this.sent.add(new Sent(worker, message)),
				() -> this.now, this.warnings::add);
		other.restore(this.exchange.save());
		other.received(2, new Message.MetersQuery(1, 0, 0));
		other.received(3, new Message.Meters(0, 1, part(30, 30)));
		List<Sent> all = take();
		assertThat(series((Message.MetersReply) all.get(all.size() - 1).message()))
			.containsExactlyInAnyOrder("c -1 37.0", "g 1 2.0", "g 2 30.0");
	}

}
