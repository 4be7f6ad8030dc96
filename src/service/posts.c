/* posts.c - the table of what a post keeps besides its cases: account, money, cash book, blanks,
 * and what two officers decide of them */
#include "service/appointments_int.h"
#include "service/camt.h"
#include "service/cash_int.h"
#include "service/fees_int.h"
#include "service/register_int.h"
#include "service/services.h"
#include "service/stock_int.h"

#define OFFICER ACTOR_OFFICER

const struct action post_actions[] = {
    /* fees */
    {"account.propose", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/account", OFFICER,
     "Mission", "account.v1", "Propose the bank account of a mission", 0, false, NULL,
     appointment_mission_facts, account_propose, NULL, NULL},
    {"account.confirm", ACTION_ACT, ACTION_POST, "/v1/proposals/{id}/account", OFFICER, "Proposal",
     "signature.v1", "Set the bank account of a mission as second officer", 0, false,
     proposal_confirm_prepare, proposal_facts, proposal_confirm, NULL, NULL},
    {"account.show", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/account", OFFICER, "Mission",
     NULL, "The bank account of a mission", 0, false, NULL, desk_queue_facts, NULL, account_show,
     NULL},
    {"statement.take", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/statements", OFFICER,
     "Mission", NULL, "Match a bank's statement (camt.053) with what is owed", CAMT_BYTES, true,
     statement_take_prepare, appointment_mission_facts, statement_take, NULL, NULL},
    {"entry.list", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/entries", OFFICER, "Mission",
     NULL, "What the bank says came, and what became of it (?state=)", 0, false, NULL,
     desk_queue_facts, NULL, entry_list, NULL},
    {"entry.assign", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/entries/{entry}/assign",
     OFFICER, "Mission", "entry-assign.v1", "Say for which case a payment is", 0, false, NULL,
     appointment_mission_facts, entry_assign, NULL, NULL},
    {"repayment.propose", ACTION_ACT, ACTION_POST,
     "/v1/missions/{mission}/entries/{entry}/repayment", OFFICER, "Mission", "repayment.v1",
     "Propose to pay back what was too much, or for no case", 0, false, NULL,
     appointment_mission_facts, repayment_propose, NULL, NULL},
    {"repayment.confirm", ACTION_ACT, ACTION_POST, "/v1/proposals/{id}/repayment", OFFICER,
     "Proposal", "signature.v1", "Pay back as second officer", 0, false, proposal_confirm_prepare,
     proposal_facts, proposal_confirm, NULL, NULL},

    /* the cash book */
    {"cash.show", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/cash", OFFICER, "Mission", NULL,
     "The cash book: the open days, or those of a closing (?day=)", 0, false, NULL,
     desk_queue_facts, NULL, cash_show, NULL},
    {"cash.list", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/cash/closings", OFFICER,
     "Mission", NULL, "The closings of a cash book, the newest first", 0, false, NULL,
     desk_queue_facts, NULL, cash_list, NULL},
    {"cash.propose", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/cash/closings", OFFICER,
     "Mission", "cash-close.v1", "Propose to close the cash book, with what was counted", 0, false,
     NULL, appointment_mission_facts, cash_propose, NULL, NULL},
    {"cash.confirm", ACTION_ACT, ACTION_POST, "/v1/proposals/{id}/cash", OFFICER, "Proposal",
     "signature.v1", "Close the cash book as second officer", 0, false, proposal_confirm_prepare,
     proposal_facts, proposal_confirm, NULL, NULL},

    /* blank booklets and stickers */
    {"stock.show", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/stock", OFFICER, "Mission",
     NULL, "Blank booklets and stickers of a mission, and what became of them", 0, false, NULL,
     desk_queue_facts, NULL, stock_show, NULL},
    {"stock.receive", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/stock", OFFICER, "Mission",
     "stock-series.v1", "Record a series of blanks that came", 0, false, NULL,
     appointment_mission_facts, stock_receive, NULL, NULL},
    {"spoilt.propose", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/stock/spoilt", OFFICER,
     "Mission", "stock-spoilt.v1", "Propose that a blank is spoilt", 0, false, NULL,
     appointment_mission_facts, spoilt_propose, NULL, NULL},
    {"spoilt.confirm", ACTION_ACT, ACTION_POST, "/v1/proposals/{id}/spoilt", OFFICER, "Proposal",
     "signature.v1", "Write a spoilt blank off as second officer", 0, false,
     proposal_confirm_prepare, proposal_facts, proposal_confirm, NULL, NULL},
    {"count.propose", ACTION_ACT, ACTION_POST, "/v1/missions/{mission}/stock/counts", OFFICER,
     "Mission", "stock-count.v1", "Say how many blanks were counted", 0, false, NULL,
     appointment_mission_facts, count_propose, NULL, NULL},
    {"count.confirm", ACTION_ACT, ACTION_POST, "/v1/proposals/{id}/count", OFFICER, "Proposal",
     "signature.v1", "Confirm a stock-taking as second officer", 0, false, proposal_confirm_prepare,
     proposal_facts, proposal_confirm, NULL, NULL},

    /* a register that was kept elsewhere */
    {"register.try", ACTION_ACT, ACTION_POST, "/v1/desk/register/trial", OFFICER, "Mission",
     "register-trial.v1", "Try the rows of a register: who is new, twice there, known or refused",
     REGISTER_BYTES, false, register_try_prepare, officer_declare_facts, register_try, NULL, NULL},
    {"register.enter", ACTION_ACT, ACTION_POST, "/v1/desk/register", OFFICER, "File",
     "register-row.v1", "Enter one row of a register, once", 0, false, register_enter_prepare,
     person_counter_facts, register_enter, NULL, NULL},
    {"register.list", ACTION_READ, ACTION_GET, "/v1/missions/{mission}/register", OFFICER,
     "Mission", NULL, "Which files of a register were entered, and how many rows of each", 0, false,
     NULL, desk_queue_facts, NULL, register_list, NULL},

    /* what two officers decide */
    {"proposal.list", ACTION_READ, ACTION_GET, "/v1/proposals", OFFICER, "Mission", NULL,
     "What waits for a second officer (?mission=)", 0, false, NULL, desk_queue_facts, NULL,
     proposal_list, NULL},
    {"proposal.show", ACTION_READ, ACTION_GET, "/v1/proposals/{id}", OFFICER, "Proposal", NULL,
     "A proposal, with the statement to sign", 0, false, NULL, proposal_facts, NULL, proposal_show,
     NULL},
    {"proposal.drop", ACTION_ACT, ACTION_POST, "/v1/proposals/{id}/drop", OFFICER, "Proposal", NULL,
     "Take a proposal back, or turn it down", 0, false, proposal_prepare, proposal_facts,
     proposal_drop, NULL, NULL},
};
const size_t post_actions_n = ARRAY_LEN(post_actions);
