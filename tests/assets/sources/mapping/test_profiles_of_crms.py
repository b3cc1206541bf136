"""Exports of each system, with the headers that real ones have: recognised without a hint, and mapped with nobody else's
identity.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from schemas.contracts.keys import record_key, salesforce_id
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import parse_profile
from tests.assets.sources.support import interpreted, of_rows

ZOHO_LEADS = (
    "Record Id,Lead Owner.id,Lead Owner,Is Converted,Company,First Name,Last Name,Email,Phone,Mobile,Lead Source,"
    "Lead Status,Created By.id,Created By,Modified By.id,Modified By,Created Time,Modified Time,Lead Name,Street,City,"
    "State,Zip Code,Email Opt Out,Salutation,Last Activity Time"
)
ZOHO_CONTACTS = (
    "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Producer Name.id,Producer Name,Email,"
    "Title,Phone,Fax,Mobile,Date of Birth,Created By.id,Created By,Modified By.id,Modified By,Created Time,"
    "Modified Time,Contact Name,Mailing Street,Mailing City,Mailing State,Mailing Zip,Email Opt Out,Salutation,"
    "Secondary Email,Currency,Exchange Rate,Last Activity Time,Territories"
)
DYNAMICS_LEADS = (
    "(Do Not Modify) Lead,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Subject,First Name,Last Name,"
    "Job Title,Company Name,Email,Business Phone,Country,State or Province,Description,Lead Source,Rating,"
    "Source Campaign,Market Segment,Main Application,Industry Sector,LinkedIn,Allow Marketing Communication"
)
SUGAR_CONTACTS = (
    '"First Name","Last Name","ID","Salutation","Title","Department","Account Name","Email Address",'
    '"Non Primary E-mails","Mobile Phone","Office Phone","Home Phone","Other Phone","Fax","Primary Address Street",'
    '"Primary Address City","Primary Address State","Primary Address Postal Code","Primary Address Country",'
    '"Alternate Address Street","Alternate Address City","Description","Birthdate","Lead Source","Campaign ID",'
    '"Do Not Call","Reports To ID","Assistant","Assistant Phone","Assigned User Name","Assigned User ID",'
    '"Date Created","Date Modified","Modified By ID","Created By ID","Deleted"'
)
SUITE_CONTACTS = (
    '"First Name","Last Name","ID","Salutation","Job Title","Department","Account Name","Email Address",'
    '"Non Primary E-mails","Mobile","Office Phone","Home","Other Phone","Fax","Primary Address Street",'
    '"Primary Address City","Primary Address State","Primary Address Postal Code","Primary Address Country",'
    '"Description","Birthdate","Lead Source","Campaign ID","Do Not Call","Reports to ID","Assistant",'
    '"Assistant Phone","Assigned to","Assigned User","Date Created","Date Modified","Modified By","Created By",'
    '"Deleted","Photo","Lawful Basis","Portal User Type"'
)
CLOSE_LEADS = (
    "id,lead_name,display_name,description,url,status_id,status_label,primary_contact_name,"
    "primary_contact_first_name,primary_contact_last_name,primary_contact_title,primary_contact_primary_phone,"
    "primary_contact_primary_phone_type,primary_contact_other_phones,primary_contact_primary_email,"
    "primary_contact_other_emails,address_1_address_1,address_1_city,address_1_zip,address_1_country,created_by,"
    "created_by_name,num_contacts,num_opportunities,primary_opportunity_status_label,"
    "primary_opportunity_status_type,primary_opportunity_value,custom.Lead Source"
)
GOOGLE_NOW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,"
    "Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,"
    "Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - Country"
)
OUTLOOK = (
    "First Name,Middle Name,Last Name,Title,Suffix,Initials,Web Page,Gender,Birthday,Anniversary,Location,Language,"
    "Internet Free Busy,Notes,E-mail Address,E-mail 2 Address,E-mail 3 Address,Primary Phone,Home Phone,Home Phone 2,"
    "Mobile Phone,Pager,Home Fax,Home Address,Home Street,Spouse,Children,Manager's Name,Assistant's Name,"
    "Referred By,Company Main Phone,Business Phone,Business Fax,Assistant's Phone,Company,Job Title,Business Street"
)
PIPEDRIVE_GERMAN = (
    "Deal - Titel,Deal - Wert,Deal - Status,Deal - Phase,Deal - Pipeline,Deal - Organisation,Deal - Kontaktperson,"
    "Deal - Besitzer,Deal - Deal erstellt,Deal - Zeit der Aktualisierung,Deal - Verlustgrund"
)
PIPEDRIVE_PORTUGUESE = (
    "Negócio - ID,Negócio - Título,Negócio - Valor,Negócio - Status,Negócio - Etapa,Negócio - Funil,"
    "Negócio - Organização,Negócio - Pessoa de contato,Negócio - Proprietário,Negócio - Negócio criado em"
)
PIPEDRIVE_TEMPLATE = (
    "Person - Name*,Person - First name,Person - Last name,Person - Phone,Person - Email (Work),"
    "Person - Email (Home),Organization - Name,Organization - Address,Deal - Title,Deal - Value,Activity - Subject*,"
    "Activity - Due date,Note - Content*"
)
HUBSPOT_CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,Associated Company,Country/Region,"
    "Contact owner"
)
GTM_REPORT = (
    "Territory Region,Opportunity Owner,Account Name,Opportunity Name,Stage,Forecast Category,Total Amount Currency,"
    "Total Amount,Billed iARR Currency,Billed iARR,Fiscal Period,Close Date,Opportunity Next Steps,Type"
)
TASKS = "Id,IsClosed,AccountId,ActivityDate,Description,Status,Subject,WhatId,WhoId,CreatedDate"
FIELD_HISTORY = "Id,IsDeleted,OpportunityId,CreatedById,CreatedDate,Field,DataType,OldValue,NewValue"
STAGES = "Id,MasterLabel,ApiName,IsActive,SortOrder,IsClosed,IsWon,ForecastCategory,DefaultProbability"
CONTACT_ROLES = "Id,ContactId,OpportunityId,IsDeleted,IsPrimary,Role,CreatedDate,CreatedById"


def row(headers: str, **cells: str) -> list[list[str]]:
    """The headers of an export and one row of it; a cell is named by its header with `_` for every other sign."""
    names = [name.strip('"') for name in headers.split(",")]
    folded = {"".join(char if char.isalnum() else "_" for char in name): name for name in names}
    by_name = {folded[key]: cell for key, cell in cells.items()}
    return [names, [by_name.get(name, "") for name in names]]


@pytest.mark.parametrize(
    ("headers", "stem", "expected"),
    [
        (ZOHO_LEADS, "Leads_001", "zoho.Leads"),
        (ZOHO_CONTACTS, "Contacts_2026_05_28", "zoho.Contacts"),
        (DYNAMICS_LEADS, "My Open Leads", "dynamics.Lead"),
        (SUGAR_CONTACTS, "Contacts", "sugarcrm.Contacts"),
        (SUITE_CONTACTS, "Contacts", "suitecrm.Contacts"),
        (CLOSE_LEADS, "FB(X) leads 2026-04-14 11-00", "close.leads"),
        (GOOGLE_NOW, "contacts", "google_contacts.contacts"),
        (OUTLOOK, "contacts", "outlook.contacts"),
        (PIPEDRIVE_GERMAN, "deals-7428260-2353", "pipedrive.Deal"),
        (PIPEDRIVE_PORTUGUESE, "export", "pipedrive.Deal"),
        (HUBSPOT_CONTACTS, "hubspot-crm-exports-all-contacts-2025-10-13", "hubspot.contacts"),
        (GTM_REPORT, "report1697", "salesforce.opportunity report"),
        (TASKS, "Task", "salesforce.Task"),
        (FIELD_HISTORY, "OpportunityFieldHistory", "salesforce.OpportunityFieldHistory"),
        (CONTACT_ROLES, "OpportunityContactRole", "salesforce.OpportunityContactRole"),
        (STAGES, "OpportunityStage", "salesforce.OpportunityStage"),
        ("External ID,Name,Email,Related Company/External ID", "res.partner", "odoo.contacts"),
        ("Vorname,Nachname,Firma,E-Mail-Adresse,Telefonnummer,PLZ,Ort", "kontakte", "generic.contacts"),
        ("Nombre,Apellidos,Empresa,Correo electrónico,Teléfono,Ciudad", "lista", "generic.contacts"),
        ("Nome,Cognome,Azienda,Indirizzo e-mail,Cellulare,Città", "lista", "generic.contacts"),
        ("Nome,Sobrenome,Empresa,Endereço de e-mail,Celular,Cidade", "lista", "generic.contacts"),
        ("Voornaam,Achternaam,Bedrijf,E-mailadres,Mobiel,Woonplaats", "lijst", "generic.contacts"),
    ],
)
def test_exports_are_recognised_without_a_hint(headers: str, stem: str, expected: str) -> None:
    names = [name.strip('"') for name in headers.split(",")]
    cells = ["a@b.example" if "mail" in name.lower() else "x1" for name in names]
    found = of_rows([names, cells], stem)
    assert found.sheet.recognition.name == expected
    assert found.sheet.is_balanced


def test_a_zoho_lead_is_tied_to_its_owner_by_id_and_its_chunks_are_one_list() -> None:
    rows = row(
        ZOHO_LEADS, Record_Id="zcrm_401", Lead_Owner_id="zcrm_7", Lead_Owner="Jo Hart", Company="Acme", Last_Name="Lee",
        Email="ann@acme.example", Created_Time="2026-05-28 10:00:00",
    )  # fmt: skip
    found = of_rows(rows, "Leads_002", time_zone="Europe/Paris")
    (lead,), (person,) = found.records(Entity.LEAD), found.records(Entity.PERSON)
    assert lead["external_id"] == "401"
    assert lead["user_key"] == record_key(Entity.USER, "zoho", "Users", "7")
    assert lead["created_at"] == datetime(2026, 5, 28, 8, tzinfo=UTC)
    assert person["emails"] == ["ann@acme.example"]
    assert found.records(Entity.USER, stubs=True)[0]["name"] == "Jo Hart"


def test_dynamics_ids_are_one_whatever_their_braces() -> None:
    one, other = (
        of_rows(row(DYNAMICS_LEADS, _Do_Not_Modify__Lead=guid, Last_Name="Lee", Company_Name="Acme"))
        for guid in ("{6F9619FF-8B86-D011-B42D-00CF4FC964FF}", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")
    )
    assert one.records(Entity.LEAD)[0]["record_key"] == other.records(Entity.LEAD)[0]["record_key"]
    assert "(Do Not Modify) Row Checksum" not in one.records(Entity.LEAD)[0].get("custom", {})


def test_sugarcrms_assistant_and_superior_are_other_people() -> None:
    rows = row(
        SUGAR_CONTACTS, First_Name="Ann", Last_Name="Lee", ID="u1", Account_Name="Acme", Assistant="Jo Hart",
        Assistant_Phone="+33699014622", Reports_To_ID="u9", Email_Address="a@b.example", Birthdate="1980-05-17",
        Assigned_User_ID="u5", Assigned_User_Name="admin",
    )  # fmt: skip
    found = of_rows(rows)
    (person,) = found.records(Entity.PERSON)
    assert "phones" not in person
    assert person["birth_date"] == date(1980, 5, 17)
    assert person["custom"].keys() == {"Assistant", "Assistant Phone", "Reports To ID"}
    assert person["user_key"] == record_key(Entity.USER, "sugarcrm", "Users", "u5")


def test_closes_lead_is_a_company_with_its_contact_and_its_deal() -> None:
    rows = row(
        CLOSE_LEADS, id="lead_1", lead_name="Acme", primary_contact_name="Ann Lee",
        primary_contact_primary_email="a@b.example", primary_opportunity_status_label="Demo",
        primary_opportunity_status_type="active", primary_opportunity_value="500", custom_Lead_Source="Fair",
    )  # fmt: skip
    found = of_rows(rows, "leads")
    (company,), (person,), (deal,) = (found.records(item) for item in (Entity.ORGANIZATION, Entity.PERSON, Entity.DEAL))
    assert company["external_id"] == "lead_1"
    assert person["organization_key"] == deal["organization_key"] == company["record_key"]
    assert (deal["stage"], deal["status"], deal["value"]) == ("Demo", "open", Decimal("500.00"))
    assert company["custom"]["custom.Lead Source"] == "Fair"


def test_google_parts_several_values_by_three_colons() -> None:
    rows = row(GOOGLE_NOW, First_Name="Ann", Last_Name="Lee", E_mail_1___Value="a@b.example ::: c@d.example")
    assert of_rows(rows).records(Entity.PERSON)[0]["emails"] == ["a@b.example", "c@d.example"]


def test_hubspots_company_cell_may_hold_name_and_id() -> None:
    rows = row(HUBSPOT_CONTACTS, Record_ID="9001", First_Name="Ann", Associated_Company="Boulangeries Durand (5551)")
    found = of_rows(rows)
    key = record_key(Entity.ORGANIZATION, "hubspot", "companies", "5551")
    assert found.records(Entity.PERSON)[0]["organization_key"] == key
    assert found.records(Entity.ORGANIZATION, stubs=True)[0]["name"] == "Boulangeries Durand"


def test_hubspots_several_companies_keep_the_first_as_the_link_and_the_cell_as_it_stands() -> None:
    headers = ["Record ID", "Deal Name", "Deal Stage", "Associated Company IDs (Primary)", "Associated Contact IDs"]
    found = of_rows([headers, ["1", "Roof", "Offer", "8001;8002", "9002;9999"]])
    (deal,) = found.records(Entity.DEAL)
    assert deal["person_key"] == record_key(Entity.PERSON, "hubspot", "contacts", "9002")
    assert deal["custom"] == {"Associated Company IDs (Primary)": "8001;8002", "Associated Contact IDs": "9002;9999"}


def test_hubspots_columns_of_stages_entered_are_stage_changes() -> None:
    headers = ["Record ID", "Deal Name", "Deal Stage", "Date entered Offer", "Date entered Demo"]
    found = of_rows([headers, ["1", "Roof", "Offer", "2026-05-02 10:00", "2026-05-01 09:00"]])
    changes = {change["stage"]: change for change in found.records(Entity.STAGE_CHANGE)}
    assert changes["Demo"]["entered_at"] == datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert {change["deal_key"] for change in changes.values()} == {found.records(Entity.DEAL)[0]["record_key"]}


def test_salesforce_ids_of_15_and_18_characters_are_one() -> None:
    assert salesforce_id("001D000000IRFma") == "001D000000IRFmaIAH"
    headers = ["Id", "LastName", "AccountId"]
    short, long = (
        of_rows([headers, ["003A", "Lee", account]], "Contact").records(Entity.PERSON)[0]["organization_key"]
        for account in ("001D000000IRFma", "001D000000IRFmaIAH")
    )
    assert short == long


def test_a_merged_salesforce_record_says_into_which() -> None:
    headers = ["Id", "IsDeleted", "MasterRecordId", "LastName", "AccountId"]
    (person,) = of_rows([headers, ["003A", "1", "003B", "Lee", ""]], "Contact").records(Entity.PERSON)
    assert person["is_deleted"] is True
    assert person["same_as_key"] == record_key(Entity.PERSON, "salesforce", "Contact", "003B")


def test_of_a_salesforce_field_history_only_stages_are_stage_changes() -> None:
    rows = row(FIELD_HISTORY, Id="h1", OpportunityId="006A", Field="StageName", OldValue="Demo", NewValue="Offer")
    rows += row(FIELD_HISTORY, Id="h2", OpportunityId="006A", Field="Amount", OldValue="1", NewValue="2")[1:]
    found = of_rows(rows, "OpportunityFieldHistory")
    assert [change["stage"] for change in found.records(Entity.STAGE_CHANGE)] == ["Offer"]
    assert [event["subject"] for event in found.records(Entity.ACTIVITY)] == ["Amount"]
    assert found.sheet.mapped.loaded == 2


def test_a_salesforce_contact_role_names_the_deals_person_where_it_is_the_primary_one() -> None:
    rows = row(CONTACT_ROLES, Id="r1", ContactId="003A", OpportunityId="006A", IsPrimary="1", Role="Buyer")
    rows += row(CONTACT_ROLES, Id="r2", ContactId="003B", OpportunityId="006A", IsPrimary="0", Role="User")[1:]
    first, second = of_rows(rows, "OpportunityContactRole").records(Entity.DEAL)
    assert first["person_key"] == record_key(Entity.PERSON, "salesforce", "Contact", "003A")
    assert "person_key" not in second
    assert second["custom"] == {"ContactId": "003B", "IsPrimary": "0", "Role": "User"}


def test_merged_cells_are_filled_down_where_the_profile_says() -> None:
    profile = parse_profile(
        """
        name = "fair"
        title = "Fair"
        [[object]]
        name = "contacts"
        primary = "person"
        required = ["Firm", "Person"]
        fill_down = ["Firm"]
        [object.person]
        fields = { name = ["Person"] }
        [object.organization]
        fields = { name = ["Firm"] }
        """,
        "fair.toml",
    )
    data = b"Firm,Person\nAcme,Ann Lee\n,Bob Ray\nBeta,Cem Oz\n"
    found = interpreted(data, profiles=(profile,))
    names = {record["record_key"]: record["name"] for record in found.records(Entity.ORGANIZATION)}
    assert [names[person["organization_key"]] for person in found.records(Entity.PERSON)] == ["Acme", "Acme", "Beta"]


def test_a_salesforce_report_states_its_currency_beside_the_amount() -> None:
    rows = row(GTM_REPORT, Opportunity_Name="Roof", Stage="Offer", Total_Amount_Currency="EUR", Total_Amount="5,000.00")
    (deal,) = of_rows(rows, "report").records(Entity.DEAL)
    assert (deal["value"], deal["currency"]) == (Decimal("5000.00"), "EUR")


def test_pipedrives_template_carries_five_kinds_of_record_in_a_row() -> None:
    rows = row(
        PIPEDRIVE_TEMPLATE, Person___Name_="Ann Lee", Organization___Name="Acme", Deal___Title="Roof",
        Activity___Subject_="Call", Activity___Due_date="45631.0", Note___Content_="met at the fair",
    )  # fmt: skip
    found = of_rows(rows)
    assert found.records(Entity.ACTIVITY)[0]["due_at"] == datetime(2024, 12, 5, tzinfo=UTC)  # an Excel serial
    assert found.records(Entity.NOTE)[0]["content"] == "met at the fair"
    assert {entity for entity in Entity if found.records(entity)} == {
        Entity.PERSON, Entity.ORGANIZATION, Entity.DEAL, Entity.ACTIVITY, Entity.NOTE,
    }  # fmt: skip


def test_a_contact_card_is_a_person_with_employer_and_note() -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nORG:Acme\r\nTEL:+33699014622\r\n"
        "ADR:;;1 High Street;Lyon;;69002;France\r\nBDAY:1980-05-17\r\nNOTE:likes tea\r\nEND:VCARD\r\n"
    )
    found = interpreted(card.encode(), "contacts")
    (person,) = found.records(Entity.PERSON)
    assert found.sheet.recognition.name == "vcard.cards"
    assert (person["external_id"], person["street"], person["country"]) == ("u1", "1 High Street", "FR")
    assert found.records(Entity.ORGANIZATION)[0]["name"] == "Acme"


def test_one_name_column_holds_the_whole_name_whatever_it_is_called() -> None:
    found = of_rows([["Nom", "Téléphone"], ["Jean Dupont", "+33699014622"], ["Martin", "+33699014623"]])
    jean, martin = found.records(Entity.PERSON)
    assert (jean["first_name"], jean["last_name"], jean["name"]) == ("Jean", "Dupont", "Jean Dupont")
    assert (martin["last_name"], martin["name"]) == ("Martin", "Martin")


def test_a_cell_that_two_fields_read_is_refused_once() -> None:
    headers = ["Record ID", "Deal Name", "Deal Stage", "Close Date"]  # a day and, once the deal is closed, a time
    found = of_rows([headers, ["1", "Roof", "Closed Won", "soon"]])
    assert [(item.column, item.value) for item in found.sheet.rejections] == [("Close Date", "soon")]


def test_odoos_leads_and_opportunities_are_told_apart_by_their_type() -> None:
    head = [
        "id",
        "type",
        "contact_name",
        "partner_name",
        "email_from",
        "name",
        "planned_revenue",
        "probability",
        "date_deadline",
    ]
    found = of_rows(
        [
            head,
            ["__export__.crm_lead_1", "lead", "Ann Lee", "Acme Ltd", "ann@acme.example", "Pumps", "", "", ""],
            ["__export__.crm_lead_2", "opportunity", "Bo Hart", "Beta Inc", "bo@beta.example", "Valves", "900", "40", "2026-01-31"],
        ],
        "crm.lead",
    )  # fmt: skip
    assert [lead["title"] for lead in found.records(Entity.LEAD)] == ["Pumps"]
    assert [(deal["title"], deal["value"]) for deal in found.records(Entity.DEAL)] == [("Valves", Decimal(900))]
    assert [person["name"] for person in found.records(Entity.PERSON)] == ["Ann Lee", "Bo Hart"]


def test_odoos_partners_are_companies_and_persons() -> None:
    head = ["name", "is_company", "parent_id", "street", "city", "zip", "country_id"]
    found = of_rows(
        [head, ["Acme AG", "true", "", "Dorfstrasse 2", "Zug", "6300", "Schweiz"],
         ["Ann Lee", "", "Acme AG", "", "", "", ""], ["Bo Hart", "false", "", "", "Bern", "3000", "Schweiz"]],
        "res.partner",
    )  # fmt: skip
    assert [company["name"] for company in found.records(Entity.ORGANIZATION)] == ["Acme AG"]
    assert [person["name"] for person in found.records(Entity.PERSON)] == ["Ann Lee", "Bo Hart"]
    (named,) = found.records(Entity.ORGANIZATION, stubs=True)
    assert (named["name"], named["record_key"]) == ("Acme AG", found.records(Entity.PERSON)[0]["organization_key"])


def test_leads_that_a_crms_users_gave_up_are_archived() -> None:
    head = ["Id", "LastName", "FirstName", "Company", "Status", "IsConverted"]
    rows = [
        ["00Q1", "Lee", "Ann", "Acme", "Unqualified", "false"],
        ["00Q2", "Hart", "Bo", "Beta", "Nurturing", "false"],
    ]
    found = of_rows([head, *rows], "Lead")
    given_up, tended = found.records(Entity.LEAD)
    assert given_up["status"] == "archived"
    assert tended.get("status") != "archived"
