package io.unicorn.worker;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Both ends of a call, connected as a master does for one worker.
 */
@Timeout(30)
class CallTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final BlockingQueue<String> faults = new LinkedBlockingQueue<>();

	private final CallService service = new CallService(this::fromService,
			(what, fault) -> this.faults.add(what + ": " + fault.getMessage()));

	private final Calls calls = new Calls(this::fromCaller);

	private void fromCaller(Message.FromWorker message) {
		if (message instanceof Message.Call call) {
			this.service.on(new Message.Perform(call.query(), call.operation()));
		}
		else if (message instanceof Message.CallNext next) {
			this.service.on(new Message.Continue(next.query(), next.offset()));
		}
	}

	private void fromService(Message.FromWorker message) {
		Message.CallAnswer answer = (Message.CallAnswer) message;
		int end = answer.offset() + answer.part().length();
		this.calls.on(new Message.CallResult(answer.call(), 1, CallOutcome.ANSWERED,
				(end < answer.totalBytes()) ? 1 : 0, answer.totalBytes(), answer.offset(), answer.part()));
	}

	private CallReply call(byte... operation) throws InterruptedException {
		List<CallReply> replies = this.calls.call(1, operation, TIMEOUT);
		assertThat(replies).hasSize(1);
		assertThat(replies.get(0).outcome()).isEqualTo(CallOutcome.ANSWERED);
		return replies.get(0);
	}

	@Test
	void anAnswerOfAnySizeArrivesWhole() throws InterruptedException {
		int part = Message.CallAnswer.MAX_PART_BYTES;
		for (int size : new int[] { 0, 1, part - 1, part, part + 1, 2 * part, Message.CallAnswer.MAX_BYTES }) {
			byte[] answer = new byte[size];
			new Random(size).nextBytes(answer);
			this.service.performBy((operation) -> {
				assertThat(operation).containsExactly(4, 2);
				return answer;
			});
			assertThat(call((byte) 4, (byte) 2).answer()).isEqualTo(answer);
		}
	}

	@Test
	void anAnswerThatIsTooLongIsEmpty() throws InterruptedException {
		this.service.performBy((operation) -> new byte[Message.CallAnswer.MAX_BYTES + 1]);
		assertThat(call().answer()).isEmpty();
	}

	@Test
	void anOperationThatFailsAnswersNothingAndIsReported() throws InterruptedException {
		this.service.performBy((operation) -> {
			throw new IllegalStateException("on purpose");
		});
		assertThat(call().answer()).isEmpty();
		assertThat(this.faults).containsExactly("the operation of another worker has failed: on purpose");
	}

	@Test
	void aFifthOperationIsAnsweredWithNothingWhileFourAreUnderWay() throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(4);
		CountDownLatch end = new CountDownLatch(1);
		BlockingQueue<Message.CallAnswer> answers = new LinkedBlockingQueue<>();
		CallService busy = new CallService((message) -> answers.add((Message.CallAnswer) message), (what, fault) -> {
		});
		busy.performBy((operation) -> {
			begun.countDown();
			awaitOrFail(end);
			return new byte[] { 1 };
		});
		for (int call = 1; call <= 4; call++) {
			busy.on(new Message.Perform(call, Blob.EMPTY));
		}
		awaitOrFail(begun);
		busy.on(new Message.Perform(5, Blob.EMPTY));
		assertThat(answers.take()).isEqualTo(new Message.CallAnswer(5, 0, 0, Blob.EMPTY));
		end.countDown();
		for (int call = 1; call <= 4; call++) {
			assertThat(answers.take().totalBytes()).isEqualTo(1);
		}
	}

	@Test
	void whatNobodyFetchesIsDropped() throws InterruptedException {
		BlockingQueue<Message.CallAnswer> answers = new LinkedBlockingQueue<>();
		CallService slow = new CallService((message) -> answers.add((Message.CallAnswer) message), (what, fault) -> {
		});
		slow.performBy((operation) -> new byte[2 * Message.CallAnswer.MAX_PART_BYTES]);
		for (int call = 0; call < 20; call++) {
			slow.on(new Message.Perform(call, Blob.EMPTY));
			assertThat(answers.take().call()).isEqualTo(call);
		}
		slow.on(new Message.Continue(0, Message.CallAnswer.MAX_PART_BYTES));
		slow.on(new Message.Continue(19, Message.CallAnswer.MAX_PART_BYTES));
		assertThat(answers.take().call()).as("the first one is forgotten").isEqualTo(19);
		slow.on(new Message.Continue(19, Message.CallAnswer.MAX_PART_BYTES));
		assertThat(answers).as("it is complete").isEmpty();
	}

	@Test
	void aMasterThatDoesNotAnswerCostsItsTimeAndNoMore() throws InterruptedException {
		Calls unheard = new Calls((message) -> {
		});
		for (int i = 0; i < 5; i++) {
			assertThat(unheard.call(1, new byte[0], Duration.ZERO)).isEmpty();
		}
	}

	@Test
	void repliesOfSeveralWorkersAreTakenApart() throws InterruptedException {
		BlockingQueue<Message.Call> sent = new LinkedBlockingQueue<>();
		Calls[] own = new Calls[1];
		own[0] = new Calls((message) -> {
			Message.Call call = (Message.Call) message;
			sent.add(call);
			own[0].on(new Message.CallResult(call.query(), 2, CallOutcome.ANSWERED, 2, 1, 0, Blob.of(new byte[1])));
			own[0].on(new Message.CallResult(call.query(), 0, CallOutcome.GONE, 1, 0, 0, Blob.EMPTY));
			own[0].on(new Message.CallResult(call.query(), 1, CallOutcome.ANSWERED, 0, 2, 0, Blob.of(new byte[2])));
		});
		List<CallReply> replies = own[0].call(Message.Call.ALL_OTHERS, new byte[] { 7 }, TIMEOUT);
		assertThat(replies).extracting(CallReply::index).containsExactly(2, 0, 1);
		assertThat(replies).extracting(CallReply::outcome)
			.containsExactly(CallOutcome.ANSWERED, CallOutcome.GONE, CallOutcome.ANSWERED);
		assertThat(replies).extracting((reply) -> reply.answer().length).containsExactly(1, 0, 2);
		assertThat(sent.take().timeoutMillis()).isEqualTo(TIMEOUT.toMillis());
	}

	private static void awaitOrFail(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
