package io.unicorn.worker;

import io.unicorn.ipc.CallOutcome;

/**
 * What another worker has answered to a call.
 *
 * @param index the slot of the worker
 * @param outcome whether it has answered
 * @param answer the answer; empty if there is none, or if the worker could not perform
 * the operation at that time
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record CallReply(int index, CallOutcome outcome, byte[] answer) {

}
